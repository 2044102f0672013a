import type { Lattice } from "./lattice.ts";

/**
 * A grow-only set of (target, call) pairs, each side as 32 bits of a hash: 8 bytes a call in one flat array. One set
 * answers how many calls a window holds, how many distinct targets, and how often each target was called; counting
 * members rather than deliveries is what makes a redelivered call harmless.
 *
 * Two targets in 10,000 share their 32 bits with a probability of 1 in 90, and are then counted as one.
 */
export interface Pairs {
  /** Open addressing: target and call side by side, (0, 0) where free. */
  slots: Uint32Array;
  size: number;
}

export function noPairs(): Pairs {
  return { slots: new Uint32Array(16), size: 0 };
}

/** Adds a pair of `hash32` values, which are never 0. */
export function addPair(into: Pairs, target: number, call: number): void {
  reserve(into, into.size + 1);
  const { slots } = into;
  const at = slotFor(slots, target, call);
  if (slots[2 * at] !== 0) return;
  slots[2 * at] = target;
  slots[2 * at + 1] = call;
  into.size++;
}

export function hasPair({ slots }: Pairs, target: number, call: number): boolean {
  return slots[2 * slotFor(slots, target, call)] !== 0;
}

/** Where the pair is, or the free slot where it would go. */
function slotFor(slots: Uint32Array, target: number, call: number): number {
  const mask = slots.length / 2 - 1;
  let at = (Math.imul(target, 0x9e3779b1) ^ call) & mask;
  while (slots[2 * at] !== 0 && (slots[2 * at] !== target || slots[2 * at + 1] !== call)) at = (at + 1) & mask;
  return at;
}

/** In no order that means anything. */
export function eachPair({ slots }: Pairs, visit: (target: number, call: number) => void): void {
  for (let at = 0; at < slots.length; at += 2) {
    const target = slots[at] ?? 0;
    if (target !== 0) visit(target, slots[at + 1] ?? 0);
  }
}

/** Room for `size` pairs with at least a third of the slots free. */
function reserve(into: Pairs, size: number): void {
  let length = into.slots.length;
  while (size * 3 > length) length *= 2;
  if (length === into.slots.length) return;
  const old: Pairs = { slots: into.slots, size: into.size };
  into.slots = new Uint32Array(length);
  into.size = 0;
  eachPair(old, (target, call) => {
    addPair(into, target, call);
  });
}

/**
 * FNV-1a with a final mix, 32 bits, never 0; another seed gives another hash. Not for secrets: for counting what an
 * attacker gains nothing by colliding.
 */
export function hash32(text: string, seed = 0x811c9dc5): number {
  let hash = seed;
  for (let at = 0; at < text.length; at++) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0 || 1;
}

/** Pairs as a lattice; encoded as the base64 of their sorted little-endian bytes. */
export const pairs: Lattice<Pairs> = {
  join: (into, delta) => {
    const [large, small] = into.size < delta.size ? [delta, into] : [into, delta];
    // One table emptied into another in slot order piles up at its start, in quadratic time, unless there is room for all.
    reserve(large, large.size + small.size);
    eachPair(small, (target, call) => {
      addPair(large, target, call);
    });
    return large;
  },
  encode: (value) => {
    const halves = new Uint32Array(2 * value.size);
    let at = 0;
    eachPair(value, (target, call) => {
      halves[at++] = call;
      halves[at++] = target;
    });
    new BigUint64Array(halves.buffer).sort();
    return Buffer.from(halves.buffer).toString("base64");
  },
  decode: (json) => {
    if (typeof json !== "string") throw new TypeError("stored pairs are not text");
    const bytes = new Uint8Array(Buffer.from(json, "base64"));
    if (bytes.length % 8 !== 0) throw new TypeError("stored pairs are cut short");
    const halves = new Uint32Array(bytes.buffer);
    const value = noPairs();
    reserve(value, halves.length / 2);
    for (let at = 0; at < halves.length; at += 2) {
      const [call = 0, target = 0] = [halves[at], halves[at + 1]];
      if (target === 0 || call === 0) throw new TypeError("stored pairs hold a target or call that no hash gives");
      addPair(value, target, call);
    }
    return value;
  },
};
