import type { Hit, Window } from "../memory/window.ts";
import { hitsWithin } from "../memory/window.ts";

const MINUTE_MS = 60_000;
export const HOUR_MS = 60 * MINUTE_MS;
export const DAY_MS = 24 * HOUR_MS;

/** What is counted in a window: different roles first, because a sweep cannot do without; then calls beyond one a role. */
export const MEASURES = ["targets", "repeats"] as const;
export type Measure = (typeof MEASURES)[number];

/** The lengths of the windows, each of which begins when the one before it is half over: no burst falls between two. */
export const SPANS_MS = [5 * MINUTE_MS, HOUR_MS, DAY_MS] as const;

/** Windows of one length that end within a day. */
export function windowsADay(spanMs: number): number {
  return (2 * DAY_MS) / spanMs;
}

/** One window of a day, counted. */
export interface Counted {
  readonly spanMs: number;
  /** Exclusive. */
  readonly endMs: number;
  readonly targets: number;
  /** Calls beyond the first of each target. */
  readonly repeats: number;
  readonly hits: readonly Hit[];
}

/** `measure/seconds`: how a day's profile names what it has summed. */
export function sumsName(measure: Measure, spanMs: number): string {
  return `${measure}/${spanMs / 1000}`;
}

/** Hour of the day (UTC) in which a window ends. */
export function hourOf({ endMs }: Pick<Counted, "endMs">): number {
  return Math.floor(((endMs - 1) % DAY_MS) / HOUR_MS);
}

/** Hits of a slice and of the one before, in the order of time, less those of some targets. */
export function hitsInOrder(window: Window, without: ReadonlySet<number>): readonly Hit[] {
  return hitsWithin(window)
    .filter(({ target }) => !without.has(target))
    .sort((a, b) => a.timeMs - b.timeMs || a.target - b.target || a.moment - b.moment);
}

/**
 * Every window of this length that ends within the day that starts at `dayMs`, and in which something happened; the
 * others count nothing. `hits` in the order of time.
 */
export function countedWindows(hits: readonly Hit[], dayMs: number, spanMs: number): readonly Counted[] {
  const stepMs = spanMs / 2;
  const counted: Counted[] = [];
  let [first, end] = [0, 0];
  for (let endMs = dayMs + stepMs; endMs <= dayMs + DAY_MS; endMs += stepMs) {
    while ((hits[end]?.timeMs ?? Infinity) < endMs) end++;
    while ((hits[first]?.timeMs ?? Infinity) < endMs - spanMs) first++;
    if (first >= end) continue;
    const within = hits.slice(first, end);
    const targets = new Set(within.map(({ target }) => target)).size;
    counted.push({ spanMs, endMs, targets, repeats: within.length - targets, hits: within });
  }
  return counted;
}
