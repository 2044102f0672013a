import * as fc from "fast-check";
import { expect, test } from "vitest";
import type { Alert } from "../../src/alerts/alert.ts";
import { growthOf } from "../../src/alerts/growth.ts";

const about = (calls: number, evidence: Alert["evidence"] = {}): number =>
  growthOf({ calls, tenant: "acme", account: "111122223333", evidence });
const names = (count: number): string[] => Array.from({ length: count }, (_, at) => `name ${at}`);
const several = (calls: number, tenants: number): number =>
  growthOf({ calls, tenant: null, account: "111122223333", evidence: { tenants: names(tenants) } });

test("fourfold growth is a new point, and what lies between is none", () => {
  expect([0, 1, 3, 4, 15, 16, 63, 64].map((calls) => about(calls))).toEqual([0, 0, 0, 1, 1, 2, 2, 3]);
});

test("a second customer is a new point at once, and then each fourfold of two", () => {
  expect([2, 3, 7, 8, 31, 32].map((tenants) => several(1, tenants))).toEqual([1, 1, 1, 2, 2, 3]);
});

test("where the list of customers was cut, their number counts", () => {
  const evidence = { tenants: names(50), tenantCount: 128 };
  expect(growthOf({ calls: 1, tenant: null, account: "111122223333", evidence })).toBe(4);
});

test("an account that is nobody's beside a tenant's own is a new point", () => {
  const evidence = { tenants: ["acme"], accounts: ["111122223333", "444455556666"] };
  expect(growthOf({ calls: 2, tenant: null, account: null, evidence })).toBeGreaterThan(about(2));
});

test("another outcome, address or principal is a new point, and another name that the caller chose is none", () => {
  for (const fact of ["outcomes", "addresses", "principals"]) {
    expect(about(2, { [fact]: ["a", "b"] }), fact).toBeGreaterThan(about(2, { [fact]: ["a"] }));
  }
  for (const fact of ["sessionNames", "userAgents"]) {
    expect(about(2, { [fact]: ["a", "b"] }), fact).toBe(about(2, { [fact]: ["a"] }));
  }
});

test("an alert that only grows never goes back a point", () => {
  const count = fc.integer({ min: 1, max: 60 });
  fc.assert(
    fc.property(fc.nat(1_000_000), fc.nat(1_000_000), count, count, (calls, more, tenants, others) => {
      const before = several(calls, tenants);
      expect(several(calls + more, tenants + others)).toBeGreaterThanOrEqual(before);
      expect(several(calls, tenants + 1)).toBeGreaterThan(about(calls));
    }),
  );
});
