import { accountOf, withoutPath } from "../trail/arn.ts";
import type { CustomerRole, Tenancy } from "./tenant.ts";

/** The tenants' registry, indexed once. Every question is asked for a moment: the event's, never the clock's. */
export interface Registry {
  /** Number of roles in force at that moment: the inventory that ceilings are made of. */
  readonly inventory: (atMs: number) => number;
  /** Number of a tenant's roles in force at that moment. */
  readonly inventoryOf: (tenant: string, atMs: number) => number;
  readonly tenancyOf: (roleArn: string | null, account: string | null, atMs: number) => Tenancy;
  /** Every role that holds this digest, current or within its overlap, at that moment. */
  readonly holdersOf: (digest: string, atMs: number) => readonly CustomerRole[];
  /** Whether the account was ever registered. */
  readonly knowsAccount: (account: string) => boolean;
  /** Whose account it is or was; null where it was never registered. */
  readonly tenantOf: (account: string) => string | null;
  /** Whether a role was ever registered for the tenant. */
  readonly knowsTenant: (tenant: string) => boolean;
  /** Whether the role, by its ARN without the path, was ever registered. */
  readonly knowsRole: (bareArn: string) => boolean;
  readonly roles: readonly CustomerRole[];
}

/** A registry, or every contradiction in it, each in one sentence. */
export type RegistryReading =
  | { readonly registry: Registry; readonly problems?: undefined }
  | { readonly problems: readonly string[]; readonly registry?: undefined };

/**
 * Indexes the roles for look-ups that do not grow with their number. Refused are an account of two tenants, since its
 * alerts would go to both, and a role that is listed twice. One external ID on two accounts is not refused: it is
 * what an alert is about.
 */
export function buildRegistry(roles: readonly CustomerRole[]): RegistryReading {
  const tenants = new Map<string, string>();
  const byRole = new Map<string, CustomerRole>();
  const problems = new Set<string>();
  for (const role of roles) {
    const tenant = tenants.get(role.account) ?? role.tenant;
    tenants.set(role.account, tenant);
    if (tenant !== role.tenant) problems.add(`account ${role.account} belongs to both ${tenant} and ${role.tenant}`);
    const bare = withoutPath(role.roleArn);
    if (byRole.has(bare)) problems.add(`role ${bare} is listed twice`);
    byRole.set(bare, role);
  }
  if (problems.size > 0) return { problems: [...problems] };

  const everything = countInForce(roles);
  const ofTenant = new Map([...Map.groupBy(roles, (role) => role.tenant)].map(([t, own]) => [t, countInForce(own)]));
  const holders = new Map([...Map.groupBy(roles.flatMap(claimsOf), (c) => c.digest)].map(([d, c]) => [d, heldAt(c)]));
  return {
    registry: {
      roles,
      inventory: everything,
      inventoryOf: (tenant, atMs) => ofTenant.get(tenant)?.(atMs) ?? 0,
      holdersOf: (digest, atMs) => holders.get(digest)?.(atMs) ?? [],
      knowsAccount: (account) => tenants.has(account),
      tenantOf: (account) => tenants.get(account) ?? null,
      knowsTenant: (tenant) => ofTenant.has(tenant),
      knowsRole: (bareArn) => byRole.has(bareArn),
      tenancyOf: (roleArn, account, atMs) => {
        const role = roleArn === null ? undefined : findRole(byRole, roleArn);
        if (role !== undefined) {
          const { startMs, endMs } = termOf(role);
          return { kind: startMs <= atMs && atMs < endMs ? "registered" : "not-in-force", role };
        }
        const tenant = tenants.get(account ?? accountOf(roleArn) ?? "");
        return tenant === undefined ? { kind: "unknown" } : { kind: "unregistered-role", tenant };
      },
    },
  };
}

/** Exactly, or without the path where either side has lost it: a role's name is unique in its account. */
function findRole(byRole: ReadonlyMap<string, CustomerRole>, roleArn: string): CustomerRole | undefined {
  const bare = withoutPath(roleArn);
  const role = byRole.get(bare);
  return role === undefined || role.roleArn === roleArn || bare === roleArn || role.roleArn === bare ? role : undefined;
}

interface Term {
  readonly startMs: number;
  /** Exclusive. */
  readonly endMs: number;
}

/** When a role is in force. Off-boarded without an end: never, since nobody knows since when. */
function termOf({ sinceMs, untilMs, status }: CustomerRole): Term {
  return {
    startMs: sinceMs ?? Number.NEGATIVE_INFINITY,
    endMs: untilMs ?? (status === "offboarded" ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY),
  };
}

/** As many have begun as starts lie at or before the moment, less those that have ended: two binary searches. */
function countInForce(roles: readonly CustomerRole[]): (atMs: number) => number {
  const terms = roles.map(termOf).filter(({ startMs, endMs }) => startMs < endMs);
  const starts = Float64Array.from(terms, ({ startMs }) => startMs).sort();
  const ends = Float64Array.from(terms, ({ endMs }) => endMs).sort();
  return (atMs) => upTo(starts, atMs) - upTo(ends, atMs);
}

/** How many of the sorted moments lie at or before this one. */
function upTo(sorted: Float64Array, atMs: number): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((sorted[middle] ?? 0) <= atMs) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** A role's hold on a digest, for as long as the role accepts it. */
interface Claim extends Term {
  readonly digest: string;
  readonly role: CustomerRole;
}

function claimsOf(role: CustomerRole): Claim[] {
  const { startMs, endMs } = termOf(role);
  const claims: Claim[] = [];
  if (role.externalId !== null) claims.push({ digest: role.externalId, role, startMs, endMs });
  if (role.previousExternalId !== null && role.previousExternalId !== role.externalId) {
    const overlapMs = Math.min(endMs, role.previousUntilMs ?? Number.POSITIVE_INFINITY);
    claims.push({ digest: role.previousExternalId, role, startMs, endMs: overlapMs });
  }
  for (const { externalId, untilMs } of role.retired ?? []) {
    claims.push({ digest: externalId, role, startMs, endMs: Math.min(endMs, untilMs) });
  }
  return claims;
}

/**
 * Who holds a digest at a moment. A vendor may have given one ID to all its customers, so the answer is kept for as long
 * as no claim begins or ends, and ten thousand holders are not gone through at every call.
 */
function heldAt(claims: readonly Claim[]): (atMs: number) => readonly CustomerRole[] {
  let known: Term & { readonly roles: readonly CustomerRole[] } = { startMs: 0, endMs: 0, roles: [] };
  return (atMs) => {
    if (known.startMs <= atMs && atMs < known.endMs) return known.roles;
    let startMs = Number.NEGATIVE_INFINITY;
    let endMs = Number.POSITIVE_INFINITY;
    for (const edgeMs of claims.flatMap((claim) => [claim.startMs, claim.endMs])) {
      if (edgeMs <= atMs) startMs = Math.max(startMs, edgeMs);
      else endMs = Math.min(endMs, edgeMs);
    }
    const holding = claims.filter((claim) => claim.startMs <= atMs && atMs < claim.endMs);
    // One that went back to an ID of its own holds it once.
    known = { startMs, endMs, roles: [...new Set(holding.map(({ role }) => role))] };
    return known.roles;
  };
}
