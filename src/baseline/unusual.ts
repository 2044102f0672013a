import type { Fresh, Hit } from "../memory/window.ts";
import { countedWindows, SPANS_MS, type Counted, type Measure } from "./counts.ts";
import { soonerThanEver } from "./habits.ts";
import type { Limit, Past } from "./past.ts";

/** A window in which a measure went beyond its limit. */
export interface Excess {
  readonly measure: Measure;
  readonly window: Counted;
  readonly limit: Limit;
}

/** Of a day's windows those that hold more than the past lets expect, whoever's doing it was. */
export function beyondLimit(windows: readonly Counted[], measures: readonly Measure[], past: Past): readonly Excess[] {
  return windows.flatMap((window) =>
    measures.flatMap((measure) => {
      const limit = past.limitOf(measure, window);
      return limit !== null && window[measure] >= limit.limit ? [{ measure, window, limit }] : [];
    }),
  );
}

/**
 * The windows that end within a day and alarm. `hits`: of that day and the one before. `fresh`: only of those windows in
 * which what is new may be.
 */
export function excesses(
  hits: readonly Hit[],
  dayMs: number,
  measures: readonly Measure[],
  past: Past,
  fresh: Fresh | null,
): readonly Excess[] {
  const windows = SPANS_MS.flatMap((spanMs) => countedWindows(hits, dayMs, spanMs, fresh));
  return beyondLimit(windows, measures, past).filter((excess) => isOfDay(excess, dayMs));
}

/**
 * Whether the day has a fair share in a window that began before it: half of what alarms. What the evening before did
 * alone is that evening's alarm, and not this morning's as well.
 */
function isOfDay({ measure, window: { hits, spanMs, endMs }, limit: { limit } }: Excess, dayMs: number): boolean {
  if (endMs - spanMs >= dayMs) return true;
  const own = hits.filter(({ timeMs }) => timeMs >= dayMs);
  const targets = new Set(own.map(({ target }) => target)).size;
  return (measure === "targets" ? targets : own.length - targets) >= limit / 2;
}

/** A day's roles that were entered sooner than ever, where they are more than that happens by itself. */
export interface Hurry {
  readonly hits: readonly Hit[];
  readonly targets: ReadonlySet<number>;
  readonly limit: Limit;
}

/**
 * Null where they are few enough, where it is not known yet how many there usually are, or where none of what is fresh
 * came too soon.
 */
export function hurry(hits: readonly Hit[], dayMs: number, past: Past, fresh: Fresh | null): Hurry | null {
  return past.soonerLimit === null ? null : hurryAmong(soonerThanEver(past.habits, hits, dayMs, fresh), past);
}

/** The same of calls that are known to have come sooner than ever. */
export function hurryAmong(sooner: readonly Hit[], past: Past): Hurry | null {
  if (past.soonerLimit === null) return null;
  const targets = new Set(sooner.map(({ target }) => target));
  return targets.size < past.soonerLimit.limit ? null : { hits: sooner, targets, limit: past.soonerLimit };
}
