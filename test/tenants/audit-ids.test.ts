import { expect, test } from "vitest";
import { customer } from "../../src/detectors/example.ts";
import { auditIds, type AuditedId } from "../../src/tenants/audit-ids.ts";

const DAY_MS = 86_400_000;
const NOW_MS = Date.UTC(2026, 10, 20);
const RANDOM = [
  "7f3a9c1e-5b2d-4046-8abc-0123456789ab",
  "0d9d1f58-6a1b-4a0e-9a58-2f5c0c1b7e11",
  "c5a1a9b2-3c77-4f6e-8f2b-b1d0a4c2e9f3",
];

function held(
  account: number,
  externalId: string | null,
  digest = `digest of ${externalId ?? "none"}`,
  ageDays = 1,
): AuditedId {
  const role = customer(`tenant-${account}`, String(100_000_000_000 + account), { externalId: digest });
  const registration = { ...role, externalIdSinceMs: NOW_MS - ageDays * DAY_MS, verifiedMs: null };
  return { registration, externalId };
}

const faults = (all: readonly AuditedId[], maxAgeMs: number | null = null) =>
  Object.fromEntries(
    auditIds(all, { nowMs: NOW_MS, maxAgeMs }).map((one) => [one.tenant, [...one.faults.keys()].join(" ")]),
  );

test("random IDs, each its own, are nobody's fault", () => {
  expect(faults(RANDOM.map((id, at) => held(at, id)))).toEqual({});
});

test.each([
  ["short", "a1b2c3"],
  ["the account's number", "100000000000"],
  ["words", "acme-production-access"],
  ["a pattern", "abababababababab"],
])("an ID that is %s is weak, and only its customer is named", (_, id) => {
  expect(faults([held(0, id), held(1, RANDOM[0]!)])).toEqual({ "tenant-0": "weak" });
});

test("one ID on two accounts is shared by both, whether or not it is strong", () => {
  const both = [held(0, RANDOM[0]!), held(1, RANDOM[0]!), held(2, RANDOM[1]!)];
  expect(faults(both)).toEqual({ "tenant-0": "shared", "tenant-1": "shared" });
});

test("a counter is told by three of its IDs, and not by two", () => {
  const counted = (at: number) => `kQz8-Vw2x-Rt${4711 + at}-Lm9b-Ys3d`;
  expect(faults([held(0, counted(0)), held(1, counted(1))])).toEqual({});
  const series = [0, 1, 2].map((at) => held(at, counted(at)));
  expect(Object.values(faults(series))).toEqual(["sequential", "sequential", "sequential"]);
});

test("an ID older than the limit is stale; where no limit is set, or its age is not known, none is", () => {
  const old = held(0, RANDOM[0]!, "a", 400);
  expect(faults([old], 365 * DAY_MS)).toEqual({ "tenant-0": "stale" });
  expect(faults([old])).toEqual({});
  expect(faults([{ ...old, registration: { ...old.registration, externalIdSinceMs: null } }], 365 * DAY_MS)).toEqual(
    {},
  );
});

test("an account without an ID is told, and one whose ID is not in the vault is judged by what is known", () => {
  const none = held(0, null);
  expect(faults([{ ...none, registration: { ...none.registration, externalId: null } }])).toEqual({
    "tenant-0": "missing",
  });
  expect(faults([held(0, null, "same"), held(1, null, "same")])).toEqual({
    "tenant-0": "shared",
    "tenant-1": "shared",
  });
});

test("nothing that a finding says holds the ID", () => {
  const ids = ["acme-production-access", "short", RANDOM[0]!, RANDOM[0]!];
  const said = JSON.stringify(
    auditIds(
      ids.map((id, at) => held(at, id, id, 400)),
      { nowMs: NOW_MS, maxAgeMs: DAY_MS },
    ).map((one) => [...one.faults]),
  );
  for (const id of ids.filter((one) => one !== "short")) expect(said).not.toContain(id);
});
