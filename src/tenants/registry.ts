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
  readonly roles: readonly CustomerRole[];
}
