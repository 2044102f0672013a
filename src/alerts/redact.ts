import { accountOf } from "../trail/arn.ts";
import type { Alert } from "./alert.ts";

/**
 * What a customer is told: the alerts about that customer alone, with nothing in them of another customer, of the
 * vendor's inside, or of what a caller may have written into a name.
 */
export interface TenantAlert extends Omit<Alert, "tenant" | "source" | "suppressed" | "versions" | "late"> {
  readonly tenant: string;
  readonly source: {
    /** Null where the address is the vendor's own, or unreadable: `place` says which. */
    readonly address: string | null;
    readonly kind: NonNullable<Alert["source"]>["kind"];
    readonly place: NonNullable<Alert["source"]>["place"];
    readonly userAgent: string | null;
  } | null;
  readonly versions: { readonly product: string };
}

/** Facts whose values this program writes or AWS does, never a caller, and that describe the customer's calls alone. */
const TELLABLE_FACTS: ReadonlySet<string> = new Set([
  "markers",
  "outcomes",
  "operations",
  "regions",
  "externalIdStrength",
  "wrongs",
]);

/** Places that are not the vendor's: the customer needs their addresses to search its own trail. */
const ELSEWHERE: ReadonlySet<string> = new Set(["outside", "aws", "foreign-endpoint"]);

/** The alert as this tenant may read it; null where it concerns another tenant, several, or none. */
export function redactFor(alert: Alert, tenant: string): TenantAlert | null {
  if (alert.tenant !== tenant) return null;
  const { schemaVersion, id, detector, severity, title, account, workload } = alert;
  const { firstSeen, lastSeen, window, calls, eventIds, attack, respond } = alert;
  const isOwn = (arn: string | null): boolean => account !== null && accountOf(arn) === account;
  const roleArn = isOwn(alert.roleArn) ? alert.roleArn : null;
  const source = sourceFor(alert.source);
  return {
    schemaVersion,
    id,
    detector,
    severity,
    title,
    summary: summaryOf(alert, roleArn, source),
    tenant,
    account,
    roleArn,
    workload,
    principal: principalFor(alert.principal, isOwn),
    source,
    firstSeen,
    lastSeen,
    window,
    calls,
    eventIds,
    evidence: Object.fromEntries(Object.entries(alert.evidence).filter(([name]) => TELLABLE_FACTS.has(name))),
    attack,
    respond,
    versions: { product: alert.versions.product },
  };
}

/** A principal of the customer's own account is its own to know; of any other, only what kind it was. */
function principalFor(principal: Alert["principal"], isOwn: (arn: string | null) => boolean): TenantAlert["principal"] {
  if (principal === null || isOwn(principal.arn)) return principal;
  return { type: principal.type, arn: null, sessionName: null, credential: null };
}

function sourceFor(source: Alert["source"]): TenantAlert["source"] {
  if (source === null) return null;
  const { address, kind, place, userAgent } = source;
  return ELSEWHERE.has(place) ? { address, kind, place, userAgent } : { address: null, kind, place, userAgent: null };
}

/** Written anew: a detector's own summary may name principals, addresses and tenants that are the vendor's to know. */
function summaryOf(alert: Alert, roleArn: string | null, source: TenantAlert["source"]): string {
  const { title, calls, firstSeen, lastSeen } = alert;
  const address = source?.address ?? null;
  const what = calls === 1 ? "one call" : `${calls} calls`;
  const from = address === null ? "" : ` from ${address}`;
  const into = roleArn ?? "your account";
  const when = firstSeen === lastSeen ? `at ${firstSeen}` : `from ${firstSeen} to ${lastSeen}`;
  // What the vendor's own desk met with has no call behind it.
  if (calls === 0) return `${title}: ${into}, ${when}.`;
  return `${title}: ${what}${from} into ${into}, ${when}.`;
}
