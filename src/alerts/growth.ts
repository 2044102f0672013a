import type { Alert } from "./alert.ts";

/**
 * How far an alert has grown, in the points at which it is worth another word: 1, 4, 16, 64 … calls, and at once when it
 * spreads from one customer to others, because who read of the first would not look for the second. Even numbers are
 * about one customer, odd ones about several or none; what lies between two points changes nothing.
 */
export function growthOf({ calls, tenant }: Pick<Alert, "calls" | "tenant">): number {
  const fourfold = Math.floor(Math.log2(Math.max(1, calls)) / 2);
  return 2 * fourfold + (tenant === null ? 1 : 0);
}
