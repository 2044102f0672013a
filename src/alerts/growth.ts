import type { Alert } from "./alert.ts";

/** Facts by which an alert becomes another matter: what came of it, whence, by whom. Names that callers choose are none. */
const TELLING_FACTS = ["addresses", "operations", "outcomes", "places", "principals", "regions", "resources"] as const;

/**
 * How far an alert has grown, in points at which it is worth another word: 1, 4, 16, 64 … calls; a second
 * customer or account at once, because who read of the first would not look for the second, and then the 8th, 32nd, 128th;
 * and likewise what came of it, whence and by whom, so that a denied call that was read and forgotten does not cover for
 * one that was allowed. A sum of what only grows, it never goes back; what lies between two points changes nothing.
 */
export function growthOf({ calls, tenant, account, evidence }: Grown): number {
  const fourfolds = Math.floor(Math.log2(Math.max(1, calls)) / 2);
  const lists = TELLING_FACTS.map((name) => lengthOf(evidence[name]));
  const customers = [sizeOf("tenant", tenant, evidence), sizeOf("account", account, evidence)];
  return [...customers, ...lists].reduce((sum, size) => sum + spread(size), fourfolds);
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

/** 2, 8, 32, 128 …: the second, and each fourfold of it. */
function spread(size: number): number {
  return size < 2 ? 0 : 1 + Math.floor(Math.log2(size / 2) / 2);
}
