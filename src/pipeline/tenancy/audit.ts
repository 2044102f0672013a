import { auditIds, type AuditedId, type IdFinding } from "../../tenants/audit-ids.ts";
import { inParallel } from "../../stores/in-parallel.ts";
import type { Desk } from "./desk.ts";

/** What the external IDs of all customers came to. */
export interface IdAudit {
  readonly accounts: number;
  readonly findings: readonly IdFinding[];
  /** IDs in force that the vault does not hold: nobody could judge how hard they are to guess, nor send them to STS. */
  readonly unjudged: number;
  /** Digests in the vault that no registration names: what a crash or another's hand left behind. */
  readonly orphans: readonly string[];
}

const READ_AT_ONCE = 8;

/** Holds every external ID against what one should be. The IDs are read from the vault and go no further than here. */
export async function audit({ registrations, vault, now }: Desk, maxAgeMs: number | null): Promise<IdAudit> {
  // The vault first: what is registered meanwhile is then in the registry, and no orphan.
  const digests = await vault.digests();
  const all = (await registrations.all()).map(({ registration }) => registration);
  const inForce = all.filter(({ status }) => status !== "offboarded");
  const audited = await inParallel(inForce, READ_AT_ONCE, async (registration): Promise<AuditedId> => {
    const { externalId } = registration;
    return { registration, externalId: externalId === null ? null : await vault.reveal(externalId) };
  });
  const named = new Set(inForce.flatMap(({ externalId, previousExternalId }) => [externalId, previousExternalId]));
  return {
    accounts: inForce.length,
    findings: auditIds(audited, { nowMs: now(), maxAgeMs }),
    unjudged: audited.filter(({ registration, externalId }) => registration.externalId !== null && externalId === null)
      .length,
    orphans: digests.filter((digest) => !named.has(digest)),
  };
}

/** Tells each customer of its own, and the SOC of all: one notice a customer. Answers for how many customers. */
export async function notify(findings: readonly IdFinding[], desk: Desk): Promise<number> {
  const byTenant = Map.groupBy(findings, ({ tenant }) => tenant);
  await desk.report(
    findings.map(({ tenant, account, roleArn, faults }) => ({
      ...{ kind: "external-id-weak" as const, timeMs: desk.now(), tenant, account, roleArn },
      facts: { wrongs: [...faults.keys()].map((fault) => `external ID: ${fault}`) },
    })),
  );
  return byTenant.size;
}
