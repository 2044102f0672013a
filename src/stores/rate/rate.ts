/** How often one may come. */
export interface Limit {
  /** In the long run. */
  readonly perMinute: number;
  /** At once, after a rest; at least 1. */
  readonly burst: number;
}

/** Whether one may now, and if not, when asking again is worth it. */
export interface Taken {
  readonly allowed: boolean;
  /** Whole seconds, at least 1; 0 where it is allowed. */
  readonly retryAfterSeconds: number;
}

/**
 * Who has come how often, over all workers. Of one name never more are let through than `burst`, and `perMinute` more for
 * each minute that the clocks have gone on, however many ask at once. `nowMs` is the asking worker's clock (epoch
 * milliseconds): one that goes back a little lets nobody through sooner, and one that was wrong by far is not believed for
 * ever.
 */
export interface Rate {
  /** `cost`: as many as come with this one, itself included; 1 where left out, and never more than a whole burst. */
  readonly take: (who: string, nowMs: number, cost?: number) => Promise<Taken>;
  readonly close: () => Promise<void>;
}

/**
 * A bucket by the moment at which it is full again, which is all that need be kept: each taking moves that moment on by
 * one interval, and none is allowed that would move it further ahead than the burst reaches: the
 * generic cell rate algorithm.
 * @see https://www.itu.int/rec/T-REC-I.371/en
 */
export interface Bucket {
  /** Milliseconds that a taking costs. */
  readonly costMs: (cost: number) => number;
  /** A bucket that is empty is full again in so long. */
  readonly wholeMs: number;
  /** A moment further ahead than this was written by a clock that was wrong. */
  readonly beliefMs: number;
}

/** Workers' clocks differ by less: those of AWS are kept within milliseconds. */
const CLOCK_SKEW_MS = 5 * 60_000;

/** Throws a `RangeError` where nobody could ever come. */
export function bucketOf({ perMinute, burst }: Limit): Bucket {
  if (!(perMinute > 0 && burst >= 1)) throw new RangeError("a rate lets one through at least, and some in a minute");
  const intervalMs = Math.ceil(60_000 / perMinute);
  const most = Math.floor(burst);
  const wholeMs = most * intervalMs;
  return {
    costMs: (cost) => Math.min(Math.max(1, Math.ceil(cost)), most) * intervalMs,
    ...{ wholeMs, beliefMs: wholeMs + CLOCK_SKEW_MS },
  };
}

/** The answer to somebody whose bucket is full again at `fullMs`, where only `reachMs` from now would do. */
export function refusedUntil(fullMs: number, nowMs: number, reachMs: number): Taken {
  const waitMs = Number.isFinite(fullMs) ? fullMs - reachMs - nowMs : 0;
  return { allowed: false, retryAfterSeconds: Math.max(1, Math.ceil(waitMs / 1_000)) };
}

export const ALLOWED: Taken = { allowed: true, retryAfterSeconds: 0 };
