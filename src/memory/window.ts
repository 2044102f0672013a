import type { Call, TrailEvent } from "../trail/call.ts";
import { facetLattice, type Facet } from "./cell.ts";
import { glimpseOf, traceOf } from "./glimpse.ts";
import { addPair, eachPair, hash32, type Pairs } from "./pairs.ts";

/**
 * Sliding windows of event time. Time is cut into slices; a slice's cell holds the calls of the slice and of the one
 * before it, so that every span as long as a slice lies whole in the cell of the slice it ends in. Whoever adds a call
 * to a cell is answered with all of it, and needs to read no other: of several writers at once the last one sees
 * everything, and no burst over an edge is missed.
 *
 * A pair's second half is the moment within the two slices (18 bits, whole seconds up to a slice of 36 hours) and 14
 * bits of the call's hash, which tell the calls of one second apart.
 */
export interface Window {
  readonly lengthMs: number;
  /** Start of the slice in which the judged spans end. */
  readonly startMs: number;
  /** The calls of this slice and of the one before. */
  readonly members: Pairs;
}

/** What a batch has added to a window, so that what has not changed is not searched for nothing. */
export interface Fresh {
  /** `hash32` of the targets. */
  readonly targets: ReadonlySet<number>;
  readonly fromMs: number;
  readonly toMs: number;
}

/** One call in a window. */
export interface Hit {
  /** `hash32` of the target. */
  readonly target: number;
  /** See `momentOf`. */
  readonly moment: number;
  readonly timeMs: number;
}

const MOMENT_BITS = 18;
const HASH_BITS = 32 - MOMENT_BITS;
const HASH_MASK = 2 ** HASH_BITS - 1;
const SECOND_MS = 1000;

/** Milliseconds that a moment stands for: one second, or as many as it takes to tell two slices in 18 bits. */
function unitOf(lengthMs: number): number {
  return Math.max(1, Math.ceil((2 * lengthMs) / SECOND_MS / 2 ** MOMENT_BITS)) * SECOND_MS;
}

/** Index of the slice that a moment falls into. */
export function sliceAt(timeMs: number, lengthMs: number): number {
  return Math.floor(timeMs / lengthMs);
}

/** A call about to be counted, with its hashes. */
export interface Countable {
  readonly timeMs: number;
  readonly keyHash: number;
  readonly targetHash: number;
}

export function countable({ key, timeMs }: Pick<Call, "key" | "timeMs">, target: string): Countable {
  return { timeMs, keyHash: hash32(key), targetHash: hash32(target) };
}

/** Adds a call to a slice's cell. The call is a member, not a count: adding it again changes nothing. */
export function noteCall(
  members: Pairs,
  { timeMs, keyHash, targetHash }: Countable,
  slice: number,
  lengthMs: number,
): void {
  addPair(members, targetHash, momentIn(slice, timeMs, keyHash, lengthMs));
}

/** The second half of a pair in the cell of the call's own slice: when, and which call. */
export function momentOf(timeMs: number, key: string, lengthMs: number): number {
  return momentIn(sliceAt(timeMs, lengthMs), timeMs, hash32(key), lengthMs);
}

function momentIn(slice: number, timeMs: number, keyHash: number, lengthMs: number): number {
  const units = Math.floor((timeMs - (slice - 1) * lengthMs) / unitOf(lengthMs));
  return ((units << HASH_BITS) | (keyHash & HASH_MASK || 1)) >>> 0;
}

/** Every call of both slices, in no order that means anything. */
export function hitsWithin(window: Window): Hit[] {
  return hitsFrom(window, 0);
}

/** A window of nothing but what was added, as what it adds to a greater one. */
export function freshOf(added: Window): Fresh {
  const hits = hitsWithin(added);
  const times = hits.map(({ timeMs }) => timeMs);
  return {
    targets: new Set(hits.map(({ target }) => target)),
    fromMs: times.reduce((least, timeMs) => Math.min(least, timeMs), Infinity),
    toMs: times.reduce((most, timeMs) => Math.max(most, timeMs), -Infinity),
  };
}

/** The calls of the slice in which the judged spans end. */
export function hitsOf(window: Window): Hit[] {
  return hitsFrom(window, window.lengthMs);
}

/** Those from so long after the earlier slice began. */
function hitsFrom({ members, startMs, lengthMs }: Window, fromMs: number): Hit[] {
  const hits: Hit[] = [];
  const unitMs = unitOf(lengthMs);
  eachPair(members, (target, moment) => {
    const offsetMs = (moment >>> HASH_BITS) * unitMs;
    if (offsetMs >= fromMs) hits.push({ target, moment, timeMs: startMs - lengthMs + offsetMs });
  });
  return hits;
}

/** Whether as many calls as that fall into the slice itself, and not only into the one before. */
export function holdsOwn({ members, lengthMs }: Pick<Window, "members" | "lengthMs">, count: number): boolean {
  if (members.size < count) return false;
  const unitMs = unitOf(lengthMs);
  let own = 0;
  eachPair(members, (_, moment) => {
    if ((moment >>> HASH_BITS) * unitMs >= lengthMs) own++;
  });
  return own >= count;
}

/** The most calls that any turn of this length has within the current slice; turns are cut as slices are. */
export function callsInBusiestTurn({ members, startMs, lengthMs }: Window, turnMs: number): number {
  const unitMs = unitOf(lengthMs);
  const counts = new Map<number, number>();
  eachPair(members, (_, moment) => {
    const offsetMs = (moment >>> HASH_BITS) * unitMs;
    if (offsetMs < lengthMs) return;
    const turn = sliceAt(startMs - lengthMs + offsetMs, turnMs);
    counts.set(turn, (counts.get(turn) ?? 0) + 1);
  });
  return Math.max(0, ...counts.values());
}

/** How many different targets the current slice has, for the many windows of which that is all one wants to know. */
export function targetCount({ members, lengthMs }: Window): number {
  const unitMs = unitOf(lengthMs);
  const slots = new Uint32Array(2 ** Math.ceil(Math.log2(2 * members.size + 2)));
  const mask = slots.length - 1;
  let count = 0;
  eachPair(members, (target, moment) => {
    if ((moment >>> HASH_BITS) * unitMs < lengthMs) return;
    let at = Math.imul(target, 0x9e3779b1) & mask;
    while (slots[at] !== 0 && slots[at] !== target) at = (at + 1) & mask;
    if (slots[at] === 0) {
      slots[at] = target;
      count++;
    }
  });
  return count;
}

/**
 * Whether a target was called `count` times or more before one of its calls in the current slice, and within `spanMs` of
 * it. Asked of every window and nearly always denied: target and moment packed into one number each (32 and 18 bits), so
 * that a flat array can be sorted without comparing objects. `targets`: only these; null: all.
 */
export function anyRepeated(
  { members, lengthMs }: Window,
  targets: ReadonlySet<number> | null,
  count: number,
  spanMs: number,
): boolean {
  const [unitMs, range] = [unitOf(lengthMs), 2 ** MOMENT_BITS];
  const packed = new Float64Array(members.size);
  let size = 0;
  eachPair(members, (target, moment) => {
    if (targets?.has(target) !== false) packed[size++] = target * range + (moment >>> HASH_BITS);
  });
  const sorted = packed.subarray(0, size).sort();
  for (let at = count; at < size; at++) {
    const [late = 0, early = 0] = [sorted[at], sorted[at - count]];
    const sameTarget = Math.floor(late / range) === Math.floor(early / range);
    if (sameTarget && (late % range) * unitMs >= lengthMs && (late - early) * unitMs < spanMs) return true;
  }
  return false;
}

/** At a hit: how many different targets the span that ends with it has, and where that span begins. */
export interface Span {
  readonly hit: Hit;
  readonly firstMs: number;
  readonly targets: number;
}

/** The spans of this length that end at each hit, in the order of time; of those at one time in an order of their own. */
export function spansOf(hits: readonly Hit[], spanMs: number): readonly Span[] {
  const sorted = [...hits].sort((a, b) => a.timeMs - b.timeMs || a.target - b.target || a.moment - b.moment);
  const inside = new Map<number, number>();
  let oldest = 0;
  return sorted.map((hit) => {
    inside.set(hit.target, (inside.get(hit.target) ?? 0) + 1);
    for (let past = sorted[oldest]; past !== undefined && past.timeMs <= hit.timeMs - spanMs; past = sorted[++oldest]) {
      const left = (inside.get(past.target) ?? 1) - 1;
      if (left === 0) inside.delete(past.target);
      else inside.set(past.target, left);
    }
    return { hit, firstMs: sorted[oldest]?.timeMs ?? hit.timeMs, targets: inside.size };
  });
}

/** A label's few earliest calls are kept; so are those of each such stretch of a window's time. */
const SAMPLES = 8;
const STRETCH_MS = 15 * 60_000;

/** Index of the stretch of time that a moment falls into. */
export function stretchAt(timeMs: number): number {
  return Math.floor(timeMs / STRETCH_MS);
}

/** Adds a call to a label's few earliest ones. */
export function noteSample(facets: Map<string, Facet>, label: string, call: TrailEvent): void {
  const facet = facets.get(label);
  // Nearly every call of a busy label is later than the few it keeps.
  if (facet?.sample.length === SAMPLES && call.timeMs > (facet.sample[SAMPLES - 1]?.timeMs ?? 0)) return;
  const noted: Facet = { sample: [traceOf(call)], head: [glimpseOf(call)] };
  facets.set(label, facet === undefined ? noted : facetLattice.join(facet, noted));
}
