import { expect, test } from "vitest";
import {
  LONGEST_SUPPRESSION_MS,
  suppressionOf,
  type Suppression,
  type SuppressionFacts,
} from "../../src/alerts/suppress.ts";
import { sampleOf } from "../../src/alerts/suppression-sample.ts";
import { buildRegistry } from "../../src/tenants/registry.ts";
import { alertOf, evidence, nobody, START_MS } from "./sample.ts";

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
  lastMs: START_MS,
};
const DAY_MS = 86_400_000;

test("a suppression covers what its detector and every one of its dimensions match", () => {
  expect(suppressionOf(facts, [migration])).toBe(migration);
  expect(suppressionOf({ ...facts, tenant: "globex" }, [migration])).toBeNull();
  expect(suppressionOf({ ...facts, detector: "call-burst" }, [migration])).toBeNull();
});

test("what leaves the workload or the customer open covers nothing, whatever else it names", () => {
  const target = { tenant: "acme", account: "111122223333", roleArn: "arn:aws:iam::111122223333:role/Vendor" };
  for (const where of [{}, { workload: "scanner" }, target, { tenant: "acme", account: "111122223333" }]) {
    expect(suppressionOf({ ...facts, ...target }, [{ ...migration, where }]), JSON.stringify(where)).toBeNull();
  }
  const narrow = { ...migration, where: { ...target, workload: "scanner" } };
  expect(suppressionOf({ ...facts, ...target }, [narrow])).toBe(narrow);
});

test("of several that match, the first one is named", () => {
  const second = { ...migration, reason: "another" };
  expect(suppressionOf(facts, [{ ...second, detector: "other" }, migration, second])).toBe(migration);
});

test("a dimension that nobody knows matches nothing, rather than anything", () => {
  expect(
    suppressionOf(facts, [{ ...migration, where: { ...migration.where, detector: "source-elsewhere" } }]),
  ).toBeNull();
  expect(suppressionOf(facts, [{ ...migration, where: { ...migration.where, tennant: "acme" } }])).toBeNull();
  expect(suppressionOf(facts, [{ ...migration, where: { ...migration.where, constructor: "x" } }])).toBeNull();
});

test("a suppression ends by the events' own time: what was last seen at its end or later is told", () => {
  const seen = (firstMs: number, lastMs: number) => suppressionOf({ ...facts, firstMs, lastMs }, [migration]);
  expect(seen(untilMs - 2, untilMs - 1)).toBe(migration);
  expect(seen(untilMs - 2, untilMs)).toBeNull();
});

test("nothing is covered from more than thirty days before the end on", () => {
  const seen = (firstMs: number) => suppressionOf({ ...facts, firstMs }, [migration]);
  expect(seen(untilMs - LONGEST_SUPPRESSION_MS)).toBe(migration);
  expect(seen(untilMs - LONGEST_SUPPRESSION_MS - 1)).toBeNull();
});

test("a person at the keyboard and a tampered trail are always told", () => {
  for (const detector of ["human-operator", "trail-tampering"]) {
    expect(suppressionOf({ ...facts, detector }, [{ ...migration, detector }])).toBeNull();
  }
});

test("a suppressed alert is built all the same, and tells by whom; one over two tenants is not hidden by one of them", () => {
  const alone = alertOf(evidence(3), { suppressions: [migration] });
  expect(alone.suppressed).toEqual(told);
  expect({ ...alone, suppressed: null }).toEqual(alertOf(evidence(3)));
  const both = alertOf(evidence(3, { tenants: new Set(["acme", "globex"]) }), { suppressions: [migration] });
  expect(both.suppressed).toBeNull();
});

test("a stranger's account beside a tenant's own makes the alert nobody's, so the tenant's suppression does not hide it", () => {
  const { registry } = buildRegistry([
    {
      ...{ tenant: "acme", account: "111122223333", roleArn: "arn:aws:iam::111122223333:role/Vendor-7f3a" },
      ...{ externalId: null, previousExternalId: null, previousUntilMs: null, region: null, status: "active" },
      ...{ sinceMs: null, untilMs: null, feedTopicArn: null, forwardsTrail: false },
    },
  ]);
  if (registry === undefined) throw new Error("the registry contradicts itself");
  const context = { vendor: { ...nobody(), registry }, suppressions: [migration] };
  expect(alertOf(evidence(3), context)).toMatchObject({ tenant: "acme", suppressed: told });
  const accounts = new Set(["111122223333", "777766665555"]);
  const beside = alertOf(evidence(3, { accounts }), context);
  expect(beside).toMatchObject({ tenant: null, suppressed: null, evidence: { tenants: ["acme"] } });
});

test("a suppression has one sample for each ISO week, whichever of its alerts comes first", () => {
  const id = (firstMs: number, suppressions: readonly Suppression[], calls = 1): string | null =>
    sampleOf(alertOf(evidence(calls, { firstMs, lastMs: firstMs }), { suppressions }), suppressions);
  const friday = START_MS;
  const sunday = Date.parse("2026-11-22T23:59:59Z");
  const sample = id(friday, [migration]);
  expect(sample).toMatch(/^dw-[0-9a-f]{32}$/);
  expect(id(sunday, [migration], 3)).toBe(sample);
  expect(id(sunday + 1000, [migration])).not.toBe(sample);
  expect(id(friday, [{ ...migration, where: { ...migration.where, account: "111122223333" } }])).not.toBe(sample);
  expect(id(friday, [{ ...migration, untilMs: untilMs + DAY_MS }])).not.toBe(sample);
  expect(id(friday, [])).toBeNull();
});
