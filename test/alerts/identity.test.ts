import fc from "fast-check";
import { expect, test } from "vitest";
import { alertId } from "../../src/alerts/identity.ts";
import type { Identity } from "../../src/engine/identity.ts";

const DAY_MS = 86_400_000;
const noon: Identity = {
  detector: "call-burst",
  version: 1,
  tenant: "acme",
  subject: "scanner",
  dayMs: Date.parse("2026-11-20T12:00:00Z"),
};

test("an alert keeps its name over releases, because subscribers know it by that", () => {
  expect(alertId(noon)).toBe("dw-307953d4402ce0e5d8e75aafc3bf22bb");
});

test("the whole of a UTC day is one identity, and the next day another", () => {
  const startMs = Date.parse("2026-11-20T00:00:00Z");
  expect(alertId({ ...noon, dayMs: startMs })).toBe(alertId({ ...noon, dayMs: startMs + DAY_MS - 1 }));
  expect(alertId({ ...noon, dayMs: startMs + DAY_MS })).not.toBe(alertId(noon));
  expect(alertId({ ...noon, dayMs: null })).not.toBe(alertId({ ...noon, dayMs: 0 }));
});

test("different identities have different names, whatever separators their parts hold", () => {
  const part = fc.string({ unit: fc.constantFrom("a", '"', ",", "[", "]", "\\", "\u0000", "\n", "/", ":", "\ud800") });
  const identity = fc.record({
    detector: part,
    version: fc.integer({ min: 1, max: 3 }),
    tenant: fc.option(part),
    subject: part,
    dayMs: fc.option(fc.constantFrom(0, DAY_MS)),
  });
  fc.assert(
    fc.property(identity, identity, (one, other) => {
      const same = (Object.keys(one) as (keyof Identity)[]).every((name) => one[name] === other[name]);
      expect(alertId(one) === alertId(other)).toBe(same);
      expect(alertId(one)).toMatch(/^dw-[0-9a-f]{32}$/);
    }),
    { numRuns: 500 },
  );
});

test("what one part loses and its neighbour wins is another identity", () => {
  expect(alertId({ ...noon, tenant: "ac", subject: "mescanner" })).not.toBe(alertId(noon));
  expect(alertId({ ...noon, tenant: null, subject: "acme" })).not.toBe(
    alertId({ ...noon, tenant: "acme", subject: "" }),
  );
  expect(alertId({ ...noon, tenant: "null" })).not.toBe(alertId({ ...noon, tenant: null }));
});
