import { instantOf } from "../../alerts/alert.ts";
import { naming } from "../../memory/forget.ts";
import type { Purge } from "../../stores/purge/purge.ts";
import type { Held } from "../../stores/registrations/registrations.ts";
import type { DeletionRecord } from "../../tenants/deletion.ts";
import type { Desk } from "./desk.ts";
import { secretsOf } from "./offboard.ts";
import type { Signer } from "./sign.ts";

/** What purging needs beside the desk. */
export interface Purging {
  /** Memory and outbox of every place where they are kept. */
  readonly purges: readonly Purge[];
  readonly sign: Signer;
  /** How long after off-boarding: what was on its way by then has come. */
  readonly afterMs: number;
}

/**
 * Deletes what is left of customers that were off-boarded long enough ago: their accounts and the digests of their IDs
 * in memory, in alerts, in the vault and in the registry, and the tenant's name where no account of it is left. First the
 * traces, then the record of it, last the registration that says what to look for: a crash in between is made good by the
 * next run.
 */
export async function purge(desk: Desk, { purges, sign, afterMs }: Purging): Promise<readonly DeletionRecord[]> {
  const { registrations, vault, digester, now } = desk;
  const all = await registrations.all();
  const due = all.filter(({ registration }) => isDue(registration, now() - afterMs));
  const records: DeletionRecord[] = [];
  for (const [tenant, held] of Map.groupBy(due, ({ registration }) => registration.tenant)) {
    const accounts = held.map(({ registration }) => registration.account).sort();
    const isGone = all.filter(({ registration }) => registration.tenant === tenant).length === held.length;
    const secrets = held.flatMap(({ registration }) => secretsOf(registration));
    const names = naming([...(isGone ? [tenant] : []), ...accounts, ...ownOf(secrets, all, held)]);
    const removed = { cells: 0, alerts: 0, registrations: held.length, externalIds: 0 };
    for (const forget of purges) {
      const { cells, alerts } = await forget(names);
      removed.cells += cells;
      removed.alerts += alerts;
    }
    await vault.forget(secrets);
    const record = sign({
      tenant: digester.subject(tenant),
      accounts: accounts.map(digester.subject).sort(),
      offboarded: instantOf(lastOf(held)),
      deleted: instantOf(now()),
      removed: { ...removed, externalIds: secrets.length },
    });
    await registrations.keepDeletion(record);
    await registrations.remove(held);
    records.push(record);
  }
  return records;
}

/** Digests that nobody else holds: what memory knows of an ID that others share is theirs as well. */
function ownOf(secrets: readonly string[], all: readonly Held[], leaving: readonly Held[]): readonly string[] {
  const others = new Set(
    all.filter((held) => !leaving.includes(held)).flatMap(({ registration }) => secretsOf(registration)),
  );
  return secrets.filter((digest) => !others.has(digest));
}

function isDue({ status, untilMs }: Held["registration"], latestMs: number): boolean {
  return status === "offboarded" && (untilMs ?? Number.NEGATIVE_INFINITY) <= latestMs;
}

function lastOf(held: readonly Held[]): number {
  return Math.max(...held.map(({ registration }) => registration.untilMs ?? 0));
}
