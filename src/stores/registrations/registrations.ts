import { hash } from "node:crypto";
import { isMistake } from "../../config/mistake.ts";
import type { Registration } from "../../tenants/tenant.ts";
import type { DeletionRecord } from "../../tenants/deletion.ts";

/** A registration as it is stored, and its revision: a digest of it, so that a change by another is seen. */
export interface Held {
  readonly registration: Registration;
  readonly revision: string;
}

/** What is to stand in the place of what is held. */
export interface Change {
  readonly held: Held;
  readonly next: Registration;
}

/**
 * Where the tenants' registry is kept by those who change it. Its key is the account: an account is registered once. No
 * lattice, because a registration is what the vendor decided last; so every change names the revision that it was made
 * from, and of two at once one is refused and can be made again. Everything is durable when it resolves.
 */
export interface Registrations {
  readonly all: () => Promise<readonly Held[]>;
  /** A tenant's own; what was registered within the last second may be missing. */
  readonly ofTenant: (tenant: string) => Promise<readonly Held[]>;
  /** Null where nobody holds the account. Rejects with a mistake where it has several roles, which are not ours to change. */
  readonly of: (account: string) => Promise<Held | null>;
  /** Adds those whose account nobody holds. Answers, in their order, what is held now: one's own, or what was there. */
  readonly claim: (list: readonly Registration[]) => Promise<readonly Held[]>;
  /** Whether each was done: false where another was quicker. */
  readonly replace: (changes: readonly Change[]) => Promise<readonly boolean[]>;
  readonly remove: (list: readonly Held[]) => Promise<readonly boolean[]>;
  /** Records of what was deleted, the oldest first. */
  readonly deletions: () => Promise<readonly DeletionRecord[]>;
  /** Under its id; one that is there already stays. */
  readonly keepDeletion: (record: DeletionRecord) => Promise<void>;
  readonly close: () => Promise<void>;
}

/**
 * As `replace`, but what is not ours to change, an account with several roles, is no more than not done: the others are
 * changed all the same.
 */
export async function replaceEach(
  registrations: Pick<Registrations, "replace">,
  changes: readonly Change[],
): Promise<readonly boolean[]> {
  try {
    return await registrations.replace(changes);
  } catch (error) {
    if (!isMistake(error)) throw error;
    if (changes.length <= 1) return changes.map(() => false);
    const done: boolean[] = [];
    for (const change of changes) done.push(...(await replaceEach(registrations, [change])));
    return done;
  }
}

/** The revision of a registration as it is written. */
export function revisionOf(line: string): string {
  return hash("sha256", line, "hex").slice(0, 16);
}
