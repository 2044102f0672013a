import type { Permission } from "../permissions.ts";
import type { Policy } from "../policy.ts";
import type { UniqueIds } from "../principal.ts";
import type { Enforcement, Verdict } from "../verdict.ts";

/** In rising order, as everywhere in deputywatch. */
export type Severity = "low" | "medium" | "high" | "critical";

/** One thing that is wrong, with what to do about it. No text of it holds an external ID. */
export interface Finding {
  /** Stable: named in suppressions of others' tools, in documents, in tickets. */
  readonly id: string;
  readonly severity: Severity;
  /** The statement's place in the document, from 0; null where the matter is the whole role's. */
  readonly statement: number | null;
  readonly why: string;
  readonly fix: string;
}

/** What the finders judge by. */
export interface Matter {
  readonly policy: Policy;
  readonly role: string | null;
  /** The role's own account; null: unknown. */
  readonly own: string | null;
  readonly vendorAccounts: readonly string[];
  readonly vendorRoles: readonly string[];
  readonly permissions: readonly Permission[] | null;
  /** Of the vendor's accounts, or, where no vendor is known, of every foreign one. */
  readonly accounts: readonly Verdict[];
  /** Of every foreign account, one that the policy does not name among them. */
  readonly foreign: readonly Verdict[];
  readonly externalId: Enforcement;
  readonly mfa: Enforcement;
  /** The IDs in the policy were replaced by tokens, so nothing can be said of their strength. */
  readonly idsReplaced: boolean;
  readonly uniqueIds: UniqueIds;
  readonly iam050: "pass" | "fail" | "not-applicable";
}

/** One family of findings: all that it has to say about a role. */
export type Finder = (matter: Matter) => readonly Finding[];
