import * as fc from "fast-check";
import { expect, test } from "vitest";
import { growthOf } from "../../src/alerts/growth.ts";

const acme = (calls: number): number => growthOf({ calls, tenant: "acme" });
const several = (calls: number): number => growthOf({ calls, tenant: null });

test("fourfold growth is a new point, and what lies between is none", () => {
  expect([0, 1, 3, 4, 15, 16, 63, 64].map(acme)).toEqual([0, 0, 0, 2, 2, 4, 4, 6]);
});

test("a second customer is a new point at once, and no call fewer takes it back", () => {
  expect([1, 2, 4, 16].map(several)).toEqual([1, 1, 3, 5]);
});

test("an alert that only grows never goes back a point", () => {
  fc.assert(
    fc.property(fc.nat(1_000_000), fc.nat(1_000_000), (calls, more) => {
      expect(acme(calls + more)).toBeGreaterThanOrEqual(acme(calls));
      expect(several(calls + more)).toBeGreaterThan(acme(calls));
    }),
  );
});
