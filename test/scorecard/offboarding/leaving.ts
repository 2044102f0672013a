import { dice } from "../../../src/simulate/dice.ts";
import { estateOf, FEWEST, type Estate } from "../../../src/simulate/estate.ts";
import { digester } from "../../../src/trail/external-id.ts";
import { estateKey } from "../../../src/simulate/papers.ts";
import type { Needle } from "../secrets/scanner.ts";
import { START_MS } from "../tenancy/simulated.ts";

/** Who leaves: a tenant with several accounts, one of which forwards its trail and one of which had its ID rotated. */
export const LEAVING = "tenant-that-leaves";
const INDEXES: ReadonlySet<number> = new Set([6, 9, 14]);

/** An estate with that tenant in it, whose names are nobody else's. */
export function estateLeft(seed: number): Estate {
  const estate = estateOf({ seed, accounts: FEWEST.accounts + 4, days: FEWEST.days, startMs: START_MS });
  const chance = dice(seed, "who leaves");
  return {
    ...estate,
    customers: estate.customers.map((customer) => {
      if (!INDEXES.has(customer.index)) return customer;
      const { index, role, sinceMs, activeMs } = customer;
      const rotatedMs = START_MS + 3_600_000;
      const former = { externalId: chance.uuid(), rotatedMs, overlapEndMs: rotatedMs + 7_200_000 };
      return {
        ...customer,
        tenant: LEAVING,
        role: { ...role, arn: role.arn.replace(/Vendor-.*$/, `Vendor-${chance.hex(16)}`) },
        ...{ untilMs: null, deletedMs: null, forwardsTrail: index === 9, former: index === 14 ? former : null },
        sinceMs: Math.min(sinceMs, START_MS - 86_400_000),
        activeMs: Math.min(activeMs, START_MS),
      };
    }),
  };
}

/** All that names that tenant, and must be gone in the end. */
export function namesOfLeaving(estate: Estate): readonly Needle[] {
  const digest = digester(estateKey(estate)).externalId;
  const own = estate.customers.filter(({ tenant }) => tenant === LEAVING);
  return own.flatMap(({ tenant, account, role, externalId, former }) => {
    const ids = [externalId, ...(former === null ? [] : [former.externalId])];
    return [
      { text: tenant, name: "the tenant's name" },
      { text: account, name: "an account" },
      { text: role.arn.slice(role.arn.lastIndexOf("-") + 1), name: "a role's name" },
      { text: role.id, name: "a role's id" },
      ...ids.flatMap((id) => [
        { text: id, name: "an external ID" },
        { text: digest(id).slice("hmac-sha256:".length), name: "an external ID's digest" },
      ]),
    ];
  });
}
