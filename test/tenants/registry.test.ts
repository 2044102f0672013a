import fc from "fast-check";
import { expect, test } from "vitest";
import { customer } from "../../src/detectors/example.ts";
import { buildRegistry, type Registry } from "../../src/tenants/registry.ts";
import type { CustomerRole } from "../../src/tenants/tenant.ts";

const digest = (letter: string): string => `hmac-sha256:${letter.repeat(64)}`;
const day = (number: number): number => Date.UTC(2026, 10, number);

function registryOf(...roles: CustomerRole[]): Registry {
  const { registry, problems } = buildRegistry(roles);
  if (registry === undefined) throw new Error(problems.join());
  return registry;
}

test("an account of two tenants is refused with both names, and a role listed twice whatever its path", () => {
  const { problems } = buildRegistry([
    customer("acme", "111122223333"),
    customer("globex", "111122223333", { roleArn: "arn:aws:iam::111122223333:role/Other" }),
    customer("initech", "444455556666"),
    customer("initech", "444455556666", { roleArn: "arn:aws:iam::444455556666:role/team/Vendor-7f3a" }),
  ]);
  expect(problems).toEqual([
    "account 111122223333 belongs to both acme and globex",
    "role arn:aws:iam::444455556666:role/Vendor-7f3a is listed twice",
  ]);
});

test("a role is found by its own ARN and by the one that lost its path, not by another path's", () => {
  const roleArn = "arn:aws:iam::111122223333:role/team/Vendor";
  const role = customer("acme", "111122223333", { roleArn });
  const { tenancyOf } = registryOf(role);
  const kinds = [roleArn, "arn:aws:iam::111122223333:role/Vendor", "arn:aws:iam::111122223333:role/other/Vendor"].map(
    (arn) => tenancyOf(arn, null, day(1)).kind,
  );
  expect(kinds).toEqual(["registered", "registered", "unregistered-role"]);
});

test("an unknown role of a customer's account names the tenant; an unknown account nobody", () => {
  const { tenancyOf, knowsAccount, knowsRole } = registryOf(customer("acme", "111122223333"));
  expect(tenancyOf(null, "111122223333", day(1))).toEqual({ kind: "unregistered-role", tenant: "acme" });
  expect(tenancyOf("arn:aws:iam::444455556666:role/Vendor-7f3a", null, day(1))).toEqual({ kind: "unknown" });
  expect(tenancyOf(null, null, day(1))).toEqual({ kind: "unknown" });
  expect([knowsAccount("111122223333"), knowsAccount("444455556666")]).toEqual([true, false]);
  expect(["Vendor-7f3a", "Other"].map((name) => knowsRole(`arn:aws:iam::111122223333:role/${name}`))).toEqual([
    true,
    false,
  ]);
});

test("a role is in force from since until, and off-boarded without a date never", () => {
  const bounded = customer("acme", "111122223333", { sinceMs: day(2), untilMs: day(4) });
  const gone = customer("globex", "444455556666", { status: "offboarded" });
  const leaving = customer("initech", "777788889999", { status: "offboarded", untilMs: day(3) });
  const { tenancyOf, inventory, inventoryOf } = registryOf(bounded, gone, leaving);
  const kinds = (role: CustomerRole): string[] =>
    [1, 2, 3, 4].map((number) => tenancyOf(role.roleArn, role.account, day(number)).kind);
  expect(kinds(bounded)).toEqual(["not-in-force", "registered", "registered", "not-in-force"]);
  expect(kinds(gone)).toEqual(["not-in-force", "not-in-force", "not-in-force", "not-in-force"]);
  expect(kinds(leaving)).toEqual(["registered", "registered", "not-in-force", "not-in-force"]);
  expect([1, 2, 3, 4].map((number) => inventory(day(number)))).toEqual([1, 2, 1, 0]);
  expect(inventoryOf("acme", day(2))).toBe(1);
  expect(inventoryOf("globex", day(2))).toBe(0);
  expect(inventoryOf("nobody", day(2))).toBe(0);
});

test("a previous external ID is held until its overlap ends, and one ID may have two holders", () => {
  const rotating = customer("acme", "111122223333", {
    externalId: digest("b"),
    previousExternalId: digest("a"),
    previousUntilMs: day(5),
  });
  const copied = customer("globex", "444455556666", { externalId: digest("a") });
  const { holdersOf } = registryOf(rotating, copied);
  expect(holdersOf(digest("a"), day(4))).toEqual([rotating, copied]);
  expect(holdersOf(digest("a"), day(5))).toEqual([copied]);
  expect(holdersOf(digest("a"), day(4))).toEqual([rotating, copied]);
  expect(holdersOf(digest("b"), day(9))).toEqual([rotating]);
  expect(holdersOf(digest("c"), day(4))).toEqual([]);
});

test("an ID that an earlier rotation ended is held for calls of its time, and for no later ones", () => {
  const rotated = customer("acme", "111122223333", {
    sinceMs: day(1),
    externalId: digest("d"),
    previousExternalId: digest("c"),
    previousUntilMs: day(20),
    retired: [
      { externalId: digest("a"), untilMs: day(5) },
      { externalId: digest("b"), untilMs: day(10) },
    ],
  });
  const { holdersOf } = registryOf(rotated);
  const heldOn = (letter: string): readonly number[] =>
    [0, 1, 4, 5, 9, 10, 19, 20].filter((number) => holdersOf(digest(letter), day(number)).length > 0);
  expect(["a", "b", "c", "d"].map(heldOn)).toEqual([
    [1, 4],
    [1, 4, 5, 9],
    [1, 4, 5, 9, 10, 19],
    [1, 4, 5, 9, 10, 19, 20],
  ]);
});

test("a retired ID is held no longer than the customer is one, and by each who had it", () => {
  const retired = [{ externalId: digest("a"), untilMs: day(10) }];
  const gone = customer("acme", "111122223333", { untilMs: day(5), status: "offboarded", retired });
  const other = customer("globex", "444455556666", { externalId: digest("b"), retired });
  const { holdersOf } = registryOf(gone, other);
  expect(holdersOf(digest("a"), day(4))).toEqual([gone, other]);
  expect(holdersOf(digest("a"), day(5))).toEqual([other]);
  expect(holdersOf(digest("a"), day(10))).toEqual([]);
});

test("a role that went back to an ID of its own holds it once", () => {
  const returned = customer("acme", "111122223333", {
    externalId: digest("a"),
    previousExternalId: digest("b"),
    previousUntilMs: day(8),
    retired: [
      { externalId: digest("a"), untilMs: day(5) },
      { externalId: digest("b"), untilMs: day(6) },
    ],
  });
  const { holdersOf } = registryOf(returned);
  expect(holdersOf(digest("a"), day(4))).toEqual([returned]);
  expect(holdersOf(digest("b"), day(4))).toEqual([returned]);
  expect(holdersOf(digest("b"), day(7))).toEqual([returned]);
});

test("the inventory and the holders are those that a walk over all roles finds, whatever the order of questions", () => {
  const moment = fc.option(fc.integer({ min: 0, max: 20 }), { nil: null });
  const role = fc.record({
    sinceMs: moment,
    untilMs: moment,
    status: fc.constantFrom("active" as const, "offboarded" as const, "onboarding" as const),
    externalId: fc.constantFrom(digest("a"), digest("b")),
    previousExternalId: fc.constantFrom(digest("a"), digest("c"), null),
    previousUntilMs: fc.integer({ min: 0, max: 20 }),
  });
  fc.assert(
    fc.property(fc.array(role, { maxLength: 12 }), fc.array(fc.integer({ min: -1, max: 21 })), (changes, moments) => {
      const roles = changes.map((change, index) =>
        customer(`t${index % 3}`, String(100_000_000_000 + index * 3 + (index % 3)), change),
      );
      const registry = registryOf(...roles);
      for (const atMs of moments) {
        const inForce = roles.filter(({ sinceMs, untilMs, status }) => {
          const begun = sinceMs === null || sinceMs <= atMs;
          return begun && (untilMs === null ? status !== "offboarded" : atMs < untilMs);
        });
        expect(registry.inventory(atMs)).toBe(inForce.length);
        expect(registry.inventoryOf("t1", atMs)).toBe(inForce.filter(({ tenant }) => tenant === "t1").length);
        for (const wanted of [digest("a"), digest("b"), digest("c")]) {
          const holders = inForce.filter(
            (own) =>
              own.externalId === wanted ||
              (own.previousExternalId === wanted && atMs < (own.previousUntilMs ?? Infinity)),
          );
          expect(new Set(registry.holdersOf(wanted, atMs))).toEqual(new Set(holders));
        }
      }
    }),
  );
});

test("ten thousand holders of one ID are gone through once, not at every call", () => {
  const roles = Array.from({ length: 10_000 }, (_, index) =>
    customer(`t${index}`, String(100_000_000_000 + index), { externalId: digest("a") }),
  );
  const { holdersOf } = registryOf(...roles);
  expect(holdersOf(digest("a"), day(1))).toHaveLength(10_000);
  expect(holdersOf(digest("a"), day(2))).toBe(holdersOf(digest("a"), day(1)));
});
