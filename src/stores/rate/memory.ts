import { promised } from "../memory.ts";
import { ALLOWED, bucketOf, refusedUntil, type Limit, type Rate } from "./rate.ts";

/** Names are swept when so many are known: those whose buckets are full again need not be. */
const SWEPT_FROM = 10_000;

/** A rate for as long as the process lives, and for this process alone. */
export function memoryRate(limit: Limit): Rate {
  const bucket = bucketOf(limit);
  const fullAt = new Map<string, number>();
  let sweepAt = SWEPT_FROM;
  return {
    take: (who, nowMs, cost = 1) =>
      promised(() => {
        const knownMs = fullAt.get(who) ?? nowMs;
        const fullMs = knownMs <= nowMs || knownMs > nowMs + bucket.beliefMs ? nowMs : knownMs;
        const costMs = bucket.costMs(cost);
        const reachMs = bucket.wholeMs - costMs;
        if (fullMs > nowMs + reachMs) return refusedUntil(fullMs, nowMs, reachMs);
        fullAt.set(who, fullMs + costMs);
        if (fullAt.size >= sweepAt) {
          for (const [name, ms] of fullAt) if (ms <= nowMs) fullAt.delete(name);
          sweepAt = Math.max(SWEPT_FROM, 2 * fullAt.size);
        }
        return ALLOWED;
      }),
    close: () => promised(() => undefined),
  };
}
