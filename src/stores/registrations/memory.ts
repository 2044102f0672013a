import { lineOf } from "../../tenants/write.ts";
import type { DeletionRecord } from "../../tenants/deletion.ts";
import type { Registration } from "../../tenants/tenant.ts";
import { promised } from "../memory.ts";
import { revisionOf, type Held, type Registrations } from "./registrations.ts";

/** Registrations for as long as the process lives: trials and tests. */
export function memoryRegistrations(given: readonly Registration[] = []): Registrations {
  const byAccount = new Map(given.map((registration) => [registration.account, heldOf(registration)]));
  const records = new Map<string, DeletionRecord>();
  const isCurrent = ({ registration, revision }: Held): boolean =>
    byAccount.get(registration.account)?.revision === revision;
  return {
    all: () => promised(() => [...byAccount.values()]),
    ofTenant: (tenant) =>
      promised(() => [...byAccount.values()].filter(({ registration }) => registration.tenant === tenant)),
    of: (account) => promised(() => byAccount.get(account) ?? null),
    claim: (list) =>
      promised(() =>
        list.map((registration) => {
          const held = byAccount.get(registration.account) ?? heldOf(registration);
          byAccount.set(registration.account, held);
          return held;
        }),
      ),
    replace: (changes) =>
      promised(() =>
        changes.map(({ held, next }) => {
          const done = isCurrent(held) && next.account === held.registration.account;
          if (done) byAccount.set(next.account, heldOf(next));
          return done;
        }),
      ),
    remove: (list) =>
      promised(() => list.map((held) => isCurrent(held) && byAccount.delete(held.registration.account))),
    deletions: () => promised(() => [...records.values()].sort((a, b) => (a.deleted < b.deleted ? -1 : 1))),
    keepDeletion: (record) =>
      promised(() => {
        if (!records.has(record.id)) records.set(record.id, record);
      }),
    close: () => promised(() => undefined),
  };
}

function heldOf(registration: Registration): Held {
  return { registration, revision: revisionOf(JSON.stringify(lineOf(registration))) };
}
