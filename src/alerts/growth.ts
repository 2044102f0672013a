import type { Alert } from "./alert.ts";

/** Facts by which an alert becomes another matter: what came of it, whence, by whom. Names that callers choose are none. */
const TELLING_FACTS = ["addresses", "operations", "outcomes", "places", "principals", "regions", "resources"] as const;

/**
 * How far an alert has grown, in points at which it is worth another word: 1, 4, 16, 64 … calls; whenever the customers or
 * accounts that it is about double, so at once when it spreads from one to a second, because who read of the first would
 * not look for the second; and whenever what came of it, whence or by whom doubles, so that a denied call that was read
 * and forgotten does not cover for one that was allowed. A sum of what only grows, it never goes back; what lies between
 * two points changes nothing.
 */
export function growthOf({ calls, tenant, account, evidence }: Grown): number {
  const fourfolds = Math.floor(Math.log2(Math.max(1, calls)) / 2);
  const lists = TELLING_FACTS.map((name) => lengthOf(evidence[name]));
  const customers = [sizeOf("tenant", tenant, evidence), sizeOf("account", account, evidence)];
  return [...customers, ...lists].reduce((sum, size) => sum + doublings(size), fourfolds);
}

export type Grown = Pick<Alert, "calls" | "tenant" | "account" | "evidence">;

/** An alert names one by itself, several in a list, and their number where the list had to be cut. */
function sizeOf(noun: "tenant" | "account", only: string | null, evidence: Alert["evidence"]): number {
  if (only !== null) return 1;
  const total = evidence[`${noun}Count`];
  return typeof total === "number" ? total : lengthOf(evidence[`${noun}s`]);
}

function lengthOf(value: Alert["evidence"][string] | undefined): number {
  return typeof value === "object" ? value.length : 0;
}

function doublings(size: number): number {
  return Math.floor(Math.log2(Math.max(1, size)));
}
