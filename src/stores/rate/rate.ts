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
  readonly take: (who: string, nowMs: number) => Promise<Taken>;
  readonly close: () => Promise<void>;
}

/**
 * A bucket by the moment at which it is full again, which is all that need be kept: each taking moves that moment on by
 * one interval, and none is allowed that would move it further ahead than the burst reaches: the
 * generic cell rate algorithm.
 * @see https://www.itu.int/rec/T-REC-I.371/en
 */
export interface Bucket {
  /** Milliseconds that one taking costs. */
  readonly intervalMs: number;
  /** Allowed while the bucket is full again within so long. */
  readonly reachMs: number;
  /** A moment further ahead than this was written by a clock that was wrong. */
  readonly beliefMs: number;
}

/** Workers' clocks differ by less: those of AWS are kept within milliseconds. */
const CLOCK_SKEW_MS = 5 * 60_000;

/** Throws a `RangeError` where nobody could ever come. */
export function bucketOf({ perMinute, burst }: Limit): Bucket {
  if (!(perMinute > 0 && burst >= 1)) throw new RangeError("a rate lets one through at least, and some in a minute");
  const intervalMs = Math.ceil(60_000 / perMinute);
  const reachMs = (Math.floor(burst) - 1) * intervalMs;
  return { intervalMs, reachMs, beliefMs: reachMs + intervalMs + CLOCK_SKEW_MS };
}

/** The answer to somebody whose bucket is full again at `fullMs`, which is further ahead than the burst reaches. */
export function refusedUntil(fullMs: number, nowMs: number, { reachMs }: Bucket): Taken {
  const waitMs = Number.isFinite(fullMs) ? fullMs - reachMs - nowMs : 0;
  return { allowed: false, retryAfterSeconds: Math.max(1, Math.ceil(waitMs / 1_000)) };
}

export const ALLOWED: Taken = { allowed: true, retryAfterSeconds: 0 };
