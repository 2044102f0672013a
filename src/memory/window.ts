import type { Call } from "../trail/call.ts";
import { facetLattice, type Facet, type WindowSlice } from "./cell.ts";
import { glimpseOf, traceOf } from "./glimpse.ts";
import { addPair, eachPair, hash32, noPairs } from "./pairs.ts";

/**
 * Sliding windows of event time. Time is cut into slices as long as the window; whatever window ends within a slice
 * lies in that slice and the one before, so two cells answer for every moment, and a burst over an edge is not missed.
 *
 * A pair's second half holds the moment within its slice (16 bits: a slice's 65,536th part) and 16 bits of the call's
 * hash, which tell calls of one moment apart.
 */
export interface Window {
  readonly lengthMs: number;
  /** Start of the current slice, in which the windows end. */
  readonly startMs: number;
  readonly current: WindowSlice;
  readonly before: WindowSlice | null;
}

/** One call in a window. */
export interface Hit {
  /** `hash32` of the target. */
  readonly target: number;
  /** See `momentOf`. */
  readonly moment: number;
  /** To the slice's 65,536th part. */
  readonly timeMs: number;
}

/** Parts that a slice's time is told in. */
export const MOMENTS = 65_536;
/** A slice is sampled in 96 stretches, a day's by quarters of an hour, but in none shorter than this. */
const SHORTEST_STRETCH_MS = 5 * 60_000;
const STRETCHES = 96;

/** Index of the slice that a moment falls into. */
export function sliceAt(timeMs: number, lengthMs: number): number {
  return Math.floor(timeMs / lengthMs);
}

export function emptySlice(): WindowSlice {
  return { pairs: noPairs(), samples: new Map() };
}

/** A call about to be counted, with its hashes, which several windows share. */
export interface Countable {
  readonly call: Call;
  readonly keyHash: number;
  readonly targetHash: number;
}

export function countable(call: Call, target: string): Countable {
  return { call, keyHash: hash32(call.key), targetHash: hash32(target) };
}

/** Adds a call to the slice of its time. The call is a member, not a count: adding it again changes nothing. */
export function noteCall(slice: WindowSlice, { call, keyHash, targetHash }: Countable, lengthMs: number): void {
  addPair(slice.pairs, targetHash, momentAt(call.timeMs, keyHash, lengthMs));
  noteSample(slice.samples, stretchOf(call.timeMs, lengthMs), call);
}

/** The second half of a pair: when within its slice, and which call. */
export function momentOf(timeMs: number, key: string, lengthMs: number): number {
  return momentAt(timeMs, hash32(key), lengthMs);
}

function momentAt(timeMs: number, keyHash: number, lengthMs: number): number {
  const offsetMs = timeMs - sliceAt(timeMs, lengthMs) * lengthMs;
  return ((Math.floor((offsetMs / lengthMs) * MOMENTS) << 16) | (keyHash & 0xffff || 1)) >>> 0;
}

/** Adds a call to a label's few earliest ones. */
export function noteSample(facets: Map<string, Facet>, label: string, call: Call): void {
  const facet = facets.get(label);
  // Nearly every call of a busy label is later than the few it keeps.
  if (facet?.sample.length === 8 && call.timeMs > (facet.sample[7]?.timeMs ?? 0)) return;
  const noted: Facet = { sample: [traceOf(call)], head: [glimpseOf(call)] };
  facets.set(label, facet === undefined ? noted : facetLattice.join(facet, noted));
}

function stretchOf(timeMs: number, lengthMs: number): string {
  return String(Math.floor(timeMs / Math.max(SHORTEST_STRETCH_MS, lengthMs / STRETCHES)));
}

/** How many different targets a slice has seen. */
export function distinctTargets({ pairs }: WindowSlice): number {
  const targets = new Set<number>();
  eachPair(pairs, (target) => targets.add(target));
  return targets.size;
}

/** Every call of the slice, in no order that means anything. */
export function hitsOf(slice: WindowSlice, startMs: number, lengthMs: number): Hit[] {
  const hits: Hit[] = [];
  eachPair(slice.pairs, (target, moment) => {
    hits.push({ target, moment, timeMs: startMs + ((moment >>> 16) / MOMENTS) * lengthMs });
  });
  return hits;
}

/** At a hit: how many different targets the span that ends with it has, and where that span begins. */
export interface Span {
  readonly hit: Hit;
  readonly firstMs: number;
  readonly targets: number;
}

/** The spans of this length that end at each hit, in the order of time. */
export function spansOf(hits: readonly Hit[], spanMs: number): readonly Span[] {
  const sorted = [...hits].sort((a, b) => a.timeMs - b.timeMs);
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

/** A copy of the sampled stretches that these hits fall into. */
export function samplesAt({ current, lengthMs }: Window, hits: readonly Hit[]): Map<string, Facet> {
  const stretches = new Set(hits.map(({ timeMs }) => stretchOf(timeMs, lengthMs)));
  const samples = [...current.samples].filter(([stretch]) => stretches.has(stretch));
  return new Map(samples.map(([stretch, facet]) => [stretch, { ...facet }]));
}
