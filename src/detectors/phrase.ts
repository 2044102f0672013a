import { callsBehind } from "./evidence.ts";
import type { Evidence } from "../memory/cell.ts";

/** "acme", "acme and globex", "acme, globex and 12 more": lists as a sentence wants them. */
export function listed(values: Iterable<string>, most = 3): string {
  const all = [...values].sort();
  const shown = all.slice(0, all.length > most ? most - 1 : most);
  const rest = all.length - shown.length;
  if (rest > 0) return `${shown.join(", ")} and ${rest} more`;
  return shown.length < 2 ? shown.join("") : `${shown.slice(0, -1).join(", ")} and ${shown.at(-1) ?? ""}`;
}

/** "1 call", "2 calls". */
export function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}

/** The values of a fact, or the words that stand for none. */
export function fact(evidence: Evidence, name: string, none: string): string {
  return listed(evidence.facts.get(name) ?? []) || none;
}

/** Whom the calls reached: tenants by name, else accounts, else nobody. */
export function victims({ tenants, accounts }: Evidence): string {
  if (tenants.size > 0) return `${tenants.size === 1 ? "tenant" : "tenants"} ${listed(tenants)}`;
  if (accounts.size > 0) return `${accounts.size === 1 ? "account" : "accounts"} ${listed(accounts)}`;
  return "no customer yet";
}

/** Who called: the session or user as CloudTrail names it. */
export function who(evidence: Evidence): string {
  const { head } = callsBehind(evidence);
  return head?.arn ?? (head === null ? "an unknown caller" : `a caller of type ${head.kind}`);
}

/** The outbound roles concerned, by workload. */
export function workloads(evidence: Evidence): string {
  return evidence.workloads.size === 0 ? "a role of the vendor" : `the ${listed(evidence.workloads)} role`;
}

/** "15:01 UTC". */
export function clockTime(timeMs: number): string {
  return `${new Date(timeMs).toISOString().slice(11, 16)} UTC`;
}
