import { hash } from "node:crypto";

/** Chance that repeats itself: the same seed and name draw the same, whatever else is drawn elsewhere. */
export interface Dice {
  /** A whole number from 0 to below `sides`. */
  readonly below: (sides: number) => number;
  readonly pick: <T>(from: readonly T[]) => T;
  readonly bytes: (length: number) => Buffer;
  readonly hex: (length: number) => string;
  /** Version 4 by its form, and as repeatable as all else here: never a secret. */
  readonly uuid: () => string;
  /**
   * An AWS unique id: its prefix and `length` characters of A–Z and 2–7.
   * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html
   */
  readonly awsId: (prefix: string, length: number) => string;
}

const HEX = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, "0"));
const BASE32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

/** A generator of its own for each `name`, so that adding one thing does not reshuffle the rest. */
export function dice(seed: number, name: string): Dice {
  const next = sfc32(hash("sha256", `${seed}/${name}`, "buffer"));
  const below = (sides: number): number => Math.floor((next() / 2 ** 32) * sides);
  const bytes = (length: number): Buffer => {
    const words = new Uint32Array(Math.ceil(length / 4));
    for (let at = 0; at < words.length; at++) words[at] = next();
    return Buffer.from(words.buffer).subarray(0, length);
  };
  // The bytes of `bytes`, in its order, without the buffer: a record has dozens of these digits.
  const hex = (length: number): string => {
    let text = "";
    while (text.length < length) {
      const word = next();
      for (let shift = 0; shift < 32; shift += 8) text += HEX[(word >>> shift) & 0xff] ?? "";
    }
    return text.slice(0, length);
  };
  return {
    below,
    pick: <T>(from: readonly T[]): T => {
      if (from.length === 0) throw new RangeError("there is nothing to pick from");
      return from[below(from.length)] as T;
    },
    bytes,
    hex,
    uuid: () => `${hex(8)}-${hex(4)}-4${hex(3)}-${"89ab".charAt(below(4))}${hex(3)}-${hex(12)}`,
    awsId: (prefix, length) => {
      let id = prefix;
      for (let at = 0; at < length; at++) id += BASE32.charAt(below(32));
      return id;
    },
  };
}

/** Chris Doty-Humphrey's "small fast counting" generator, 32 bits a draw. @see https://pracrand.sourceforge.net/ */
function sfc32(seed: Buffer): () => number {
  let [a, b, c, counter] = [seed.readInt32LE(0), seed.readInt32LE(4), seed.readInt32LE(8), 1];
  return () => {
    const drawn = (a + b + counter++) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (((c << 21) | (c >>> 11)) + drawn) | 0;
    return drawn >>> 0;
  };
}
