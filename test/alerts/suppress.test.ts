import { expect, test } from "vitest";
import { suppressionOf, type Suppression, type SuppressionFacts } from "../../src/alerts/suppress.ts";
import { alertOf, evidence, START_MS } from "./sample.ts";

const untilMs = Date.parse("2026-12-01T00:00:00Z");
const migration: Suppression = {
  detector: "source-elsewhere",
  where: { workload: "scanner", tenant: "acme" },
  reason: "migration CHG-81",
  owner: "soc",
  untilMs,
};
const told = { reason: "migration CHG-81", owner: "soc", until: "2026-12-01T00:00:00Z" };
const facts: SuppressionFacts = {
  detector: "source-elsewhere",
  tenant: "acme",
  account: "111122223333",
  roleArn: null,
  workload: "scanner",
  firstMs: START_MS,
};

test("a suppression covers what its detector and every one of its dimensions match", () => {
  expect(suppressionOf(facts, [migration])).toEqual(told);
  expect(suppressionOf({ ...facts, tenant: "globex" }, [migration])).toBeNull();
  expect(suppressionOf({ ...facts, detector: "call-burst" }, [migration])).toBeNull();
  expect(suppressionOf(facts, [{ ...migration, where: {} }])).toEqual(told);
});

test("of several that match, the first one is named", () => {
  const broad = { ...migration, where: {}, reason: "everything" };
  expect(suppressionOf(facts, [{ ...broad, detector: "other" }, migration, broad])).toEqual(told);
});

test("a dimension that nobody knows matches nothing, rather than anything", () => {
  expect(suppressionOf(facts, [{ ...migration, where: { detector: "source-elsewhere" } }])).toBeNull();
  expect(suppressionOf(facts, [{ ...migration, where: { tennant: "acme" } }])).toBeNull();
  expect(suppressionOf(facts, [{ ...migration, where: { constructor: "x" } }])).toBeNull();
});

test("a suppression ends: what is first seen at its end or later is told", () => {
  expect(suppressionOf({ ...facts, firstMs: untilMs - 1 }, [migration])).toEqual(told);
  expect(suppressionOf({ ...facts, firstMs: untilMs }, [migration])).toBeNull();
});

test("a person at the keyboard and a tampered trail are always told", () => {
  for (const detector of ["human-operator", "trail-tampering"]) {
    expect(suppressionOf({ ...facts, detector }, [{ ...migration, detector, where: {} }])).toBeNull();
  }
});

test("a suppressed alert is built all the same, and tells by whom; one over two tenants is not hidden by one of them", () => {
  const alone = alertOf(evidence(3), { suppressions: [migration] });
  expect(alone.suppressed).toEqual(told);
  expect({ ...alone, suppressed: null }).toEqual(alertOf(evidence(3)));
  const both = alertOf(evidence(3, { tenants: new Set(["acme", "globex"]) }), { suppressions: [migration] });
  expect(both.suppressed).toBeNull();
});
