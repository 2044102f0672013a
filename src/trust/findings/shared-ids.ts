import { literalIds } from "../ids.ts";
import { about, ASSUME_ROLE } from "../evaluate.ts";
import type { TrustAudit } from "../audit.ts";
import type { Finding } from "./finding.ts";

/**
 * `external-id-shared`: among several roles, those that demand an ID that another account's role, or another role of the
 * same one, demands too; by audit. Whoever knows one customer's ID knows the other's. The ID itself is not told.
 */
export function sharedIds(audits: readonly TrustAudit[]): ReadonlyMap<TrustAudit, Finding> {
  const holders = new Map<string, TrustAudit[]>();
  for (const audit of audits) {
    if (!audit.crossAccount) continue;
    for (const id of literalIds(about(audit.policy, ASSUME_ROLE))) holders.set(id, [...(holders.get(id) ?? []), audit]);
  }
  const found = new Map<TrustAudit, Finding>();
  for (const all of holders.values()) {
    const roles = new Set(all.map(({ role }, at) => role ?? at));
    if (roles.size < 2) continue;
    for (const audit of all) found.set(audit, shared(audit, roles.size - 1));
  }
  return found;
}

function shared({ role }: TrustAudit, others: number): Finding {
  return {
    id: "external-id-shared",
    severity: "high",
    statement: null,
    why: `${role ?? "This role"} demands an external ID that ${others === 1 ? "another role demands" : `${others} other roles demand`} too: one ID no longer tells the vendor's customers apart.`,
    fix: "Have the vendor make one ID for each account, and demand in each role its own.",
  };
}
