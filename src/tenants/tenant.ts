/** One customer role that the vendor enters: a line of the tenants' registry. Times are epoch milliseconds. */
export interface CustomerRole {
  readonly tenant: string;
  readonly account: string;
  readonly roleArn: string;
  /** `hmac-sha256:<64 hex>`, or null while onboarding. The ID itself is never in the registry. */
  readonly externalId: string | null;
  /** Still accepted until `previousUntilMs`: a rotation's overlap. */
  readonly previousExternalId: string | null;
  readonly previousUntilMs: number | null;
  /** IDs that earlier rotations ended, for calls of that time; left out: none. */
  readonly retired?: readonly RetiredId[];
  readonly region: string | null;
  /** `onboarding`: denied calls without an external ID are the vendor's own probe. */
  readonly status: "onboarding" | "active" | "offboarded";
  readonly sinceMs: number | null;
  readonly untilMs: number | null;
  /** SNS topic of this tenant's own feed, where it has one. */
  readonly feedTopicArn: string | null;
  /** Whether the customer forwards what this role's sessions do, though not how they were entered. */
  readonly forwardsTrail: boolean;
}

/** A digest, and until when it was accepted. */
export interface RetiredId {
  readonly externalId: string;
  readonly untilMs: number;
}

/** A customer role as its life cycle keeps it: what detection needs, and since when things are so. */
export interface Registration extends CustomerRole {
  /** When its external ID was made; null: nobody wrote it down. */
  readonly externalIdSinceMs: number | null;
  /** When the role was last seen to let in its external ID and nothing else; null: never. */
  readonly verifiedMs: number | null;
}

/** What the registry held for a target at the time of a call. */
export type Tenancy =
  /** The role is registered and in force. */
  | { readonly kind: "registered"; readonly role: CustomerRole }
  /** The account is a customer's, the role is not the one it registered. */
  | { readonly kind: "unregistered-role"; readonly tenant: string }
  /** Off-boarded, or before `since`, or after `until`. */
  | { readonly kind: "not-in-force"; readonly role: CustomerRole }
  | { readonly kind: "unknown" };

/** The tenant that a target belongs to, as far as the registry knows. */
export function tenantOf(tenancy: Tenancy | null): string | null {
  if (tenancy === null || tenancy.kind === "unknown") return null;
  return tenancy.kind === "unregistered-role" ? tenancy.tenant : tenancy.role.tenant;
}
