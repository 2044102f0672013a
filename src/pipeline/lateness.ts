import type { TrailEvent } from "../trail/call.ts";

/** Calls, of whatever kind, that came long after they happened. */
export interface Late {
  readonly calls: number;
  /** The longest way from the event to the queue, in milliseconds; 0 where none was late. */
  readonly mostMs: number;
}

/** CloudTrail delivers within minutes; what takes longer was held up, replayed or recovered. */
const LATE_AFTER_MS = 3_600_000;

export const NONE_LATE: Late = { calls: 0, mostMs: 0 };

/** Which of the calls were late when they came at `arrivedMs`. They are judged like any others. */
export function latenessOf(calls: readonly TrailEvent[], arrivedMs: number): Late {
  return calls
    .map(({ timeMs }) => arrivedMs - timeMs)
    .filter((waitedMs) => waitedMs > LATE_AFTER_MS)
    .reduce((late, waitedMs) => addLate(late, { calls: 1, mostMs: waitedMs }), NONE_LATE);
}

export function addLate(a: Late, b: Late): Late {
  return { calls: a.calls + b.calls, mostMs: Math.max(a.mostMs, b.mostMs) };
}
