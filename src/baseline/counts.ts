import { hitsWithin, type Fresh, type Hit, type Window } from "../memory/window.ts";

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

/** Hits of a slice and of the one before, in no order that means anything, less those of targets that are too new. */
export function hitsOfOld(window: Window, tooNew: ReadonlySet<number>): readonly Hit[] {
  const hits = hitsWithin(window);
  return tooNew.size === 0 ? hits : hits.filter(({ target }) => !tooNew.has(target));
}

/**
 * Every window of this length that ends within the day that starts at `dayMs`, and in which something happened; the
 * others count nothing. With `fresh` only those in which what is new may be. In the order of time.
 */
export function countedWindows(
  hits: readonly Hit[],
  dayMs: number,
  spanMs: number,
  fresh: Fresh | null,
): readonly Counted[] {
  const stepMs = spanMs / 2;
  const [firstMs, lastMs] = [dayMs + stepMs, dayMs + DAY_MS];
  const fromMs = Math.max(firstMs, fresh === null ? firstMs : nextEnd(fresh.fromMs, dayMs, stepMs));
  const toMs = Math.min(lastMs, fresh === null ? lastMs : nextEnd(fresh.toMs, dayMs, stepMs) + stepMs);
  const within = new Map<number, Hit[]>();
  for (const hit of hits) {
    // A call is in the two windows that end after it, the nearer and the next.
    const nearMs = nextEnd(hit.timeMs, dayMs, stepMs);
    for (let endMs = nearMs; endMs <= nearMs + stepMs; endMs += stepMs) {
      if (endMs < fromMs || endMs > toMs) continue;
      const some = within.get(endMs);
      if (some === undefined) within.set(endMs, [hit]);
      else some.push(hit);
    }
  }
  return [...within]
    .sort(([a], [b]) => a - b)
    .map(([endMs, some]) => {
      const targets = new Set(some.map(({ target }) => target)).size;
      return { spanMs, endMs, targets, repeats: some.length - targets, hits: some };
    });
}

/** The nearest end of a window after a moment. */
function nextEnd(timeMs: number, dayMs: number, stepMs: number): number {
  return dayMs + (Math.floor((timeMs - dayMs) / stepMs) + 1) * stepMs;
}
