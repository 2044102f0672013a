import type { OnboardingWorld } from "../../src/api/route.ts";

/** So many requests at once, and so many a second after that. */
export interface Rate {
  readonly burst: number;
  readonly perSecond: number;
}

/** A token bucket for each name, for as long as the process lives. More than a full bucket costs a full one. */
export function bucketsOf({ burst, perSecond }: Rate): OnboardingWorld["bucket"] {
  const buckets = new Map<string, { readonly tokens: number; readonly atMs: number }>();
  return {
    take: (who, nowMs, cost) => {
      const { tokens, atMs } = buckets.get(who) ?? { tokens: burst, atMs: nowMs };
      const filled = Math.min(burst, tokens + (Math.max(0, nowMs - atMs) / 1000) * perSecond);
      const wanted = Math.min(cost, burst);
      const allowed = filled >= wanted;
      buckets.set(who, { tokens: allowed ? filled - wanted : filled, atMs: Math.max(atMs, nowMs) });
      return Promise.resolve({ allowed, retryAfterSeconds: allowed ? 0 : (wanted - filled) / perSecond });
    },
  };
}
