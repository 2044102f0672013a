import { LONGEST_SUPPRESSION_MS, NEVER_SUPPRESSED, openDimension, type Suppression } from "../alerts/suppress.ts";
import type { Registry } from "../tenants/registry.ts";
import { accountOf, withoutPath } from "../trail/arn.ts";
import { knownDetector, type Refuse } from "./detectors.ts";
import { nearest } from "./nearest.ts";
import type { Configuration } from "./schema.ts";

interface Checking {
  readonly configuration: Configuration;
  /** Epoch milliseconds. */
  readonly nowMs: number;
  /** Nobody is there to mend the configuration: what has ended is left out, with a warning. */
  readonly unattended: boolean;
  readonly warnings: string[];
  readonly detectorIds: readonly string[];
  readonly refuse: Refuse;
}

/**
 * The configured suppressions. Throws a mistake for one that would hide more than a known cause for a limited time: of no
 * known detector, of one that is never suppressed, over or without end within thirty days, of a whole workload or of a whole
 * customer. What names the vendor's own account or outbound role names the workload again, and no customer.
 *
 * One that has ended is refused too, so that somebody takes it out, but not where nobody would: a function that starts
 * the day after judges all the same, and tells what was suppressed.
 */
export function checkedSuppressions(checking: Checking): readonly Suppression[] {
  return checking.configuration.suppressions.flatMap((suppression, index) => {
    const { detector, reason, owner, until } = suppression;
    const at = ["suppressions", index];
    if (checking.unattended && until <= checking.nowMs) {
      checking.warnings.push(`suppressions[${index}] of ${detector} has expired and is left out`);
      return [];
    }
    checkDetector(detector, [...at, "detector"], checking);
    checkEnd(until, [...at, "until"], checking);
    const where = Object.fromEntries(
      Object.entries(suppression.where ?? {}).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
    );
    checkDimensions(where, [...at, "where"], checking);
    return [{ detector, where, reason, owner, untilMs: until }];
  });
}

function checkDetector(detector: string, at: readonly PropertyKey[], { detectorIds, refuse }: Checking): void {
  if (!detectorIds.includes(detector)) throw refuse(at, "no such detector", knownDetector(detector, detectorIds));
  if (NEVER_SUPPRESSED.has(detector)) {
    throw refuse(at, `${detector} is never suppressed`, "remove the suppression; these alerts are always told");
  }
}

function checkEnd(untilMs: number, at: readonly PropertyKey[], { nowMs, refuse }: Checking): void {
  if (untilMs <= nowMs) {
    const hint = "remove it, or renew it with a reason that still holds";
    throw refuse(at, "the suppression has expired", hint);
  }
  if (untilMs > nowMs + LONGEST_SUPPRESSION_MS) {
    const latest = new Date(nowMs + LONGEST_SUPPRESSION_MS).toISOString().slice(0, 10);
    throw refuse(at, "a suppression lasts thirty days at most", `write ${latest} or earlier, and renew it then`);
  }
}

const EXAMPLE = "where: { workload: scanner, tenant: acme }";

function checkDimensions(
  where: Suppression["where"],
  at: readonly PropertyKey[],
  { configuration, refuse }: Checking,
): void {
  switch (openDimension(where)) {
    case "workload":
      throw refuse(at, "names no workload, and so every caller's calls to that customer", `write ${EXAMPLE}`);
    case "target":
      throw refuse(at, "names no tenant, account or roleArn, and so every customer", `write ${EXAMPLE}`);
    case null:
  }
  const { outboundRoles, vendor } = configuration;
  const workloads = new Set(outboundRoles.map(({ workload }) => workload));
  if (!workloads.has(where.workload ?? "")) {
    const meant = nearest(where.workload ?? "", workloads);
    const hint = meant === null ? "name a workload of outboundRoles" : `did you mean "${meant}"?`;
    throw refuse([...at, "workload"], "no outbound role is of this workload", hint);
  }
  const own = new Set([...(vendor?.accounts ?? []), ...outboundRoles.map(({ arn }) => accountOf(arn))]);
  const roles = new Set(outboundRoles.map(({ arn }) => withoutPath(arn)));
  const hint = "name the customer's";
  if (where.account !== undefined && own.has(where.account))
    throw refuse([...at, "account"], "the vendor's own account is no customer", hint);
  if (where.roleArn !== undefined && (roles.has(withoutPath(where.roleArn)) || own.has(accountOf(where.roleArn))))
    throw refuse([...at, "roleArn"], "the vendor's own role is no customer's", hint);
}

/** Sentences on suppressions whose customer the registry does not know: they cover nothing. */
export function idleSuppressions(suppressions: readonly Suppression[], registry: Registry | null): readonly string[] {
  if (registry === null) return [];
  const tenants = new Set(registry.roles.map(({ tenant }) => tenant));
  return suppressions.flatMap(({ where: { tenant, account, roleArn } }, index) => {
    const known =
      (tenant === undefined || tenants.has(tenant)) &&
      [account, accountOf(roleArn ?? null)].every(
        (one) => one === undefined || one === null || registry.knowsAccount(one),
      );
    return known
      ? []
      : [`suppressions[${index}].where names a customer that is not in the registry, and covers nothing`];
  });
}
