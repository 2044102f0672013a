import { expect, test } from "vitest";
import { attacksOn, RECIPES } from "../../src/simulate/attacks/schedule.ts";
import { recordsOfDay, type Witnessed } from "../../src/simulate/day.ts";
import { estateOf, firstScoredDay, type Estate } from "../../src/simulate/estate.ts";
import { labelling } from "../../src/simulate/label.ts";
import { configOf, estateKey, tenantsOf } from "../../src/simulate/papers.ts";
import { VENDOR_ACCOUNT } from "../../src/simulate/record.ts";
import { DAY_MS, HOUR_MS } from "../../src/simulate/time.ts";
import { DETECTORS } from "../../src/detectors/index.ts";
import type { Call } from "../../src/trail/call.ts";
import { digester } from "../../src/trail/external-id.ts";
import { decode } from "../../src/trail/record.ts";
import { readTenants } from "../../src/tenants/read.ts";

const START_MS = Date.parse("2026-06-01T00:00:00Z");
const DAYS = 6;

function estate(seed: number, accounts = 40): Estate {
  return estateOf({ seed, accounts, days: DAYS, startMs: START_MS });
}

function witnessed(vendor: Estate, ramp: number | null = null, quiet = false): readonly Witnessed[] {
  const attacks = quiet ? [] : attacksOn(vendor, { ramp });
  return Array.from({ length: DAYS }, (_, day) => [...recordsOfDay(vendor, attacks, day)]).flat();
}

function callsOf(vendor: Estate, seen: readonly Witnessed[]): readonly Call[] {
  const options = { digester: digester(estateKey(vendor)), latestMs: Infinity };
  return seen.flatMap(({ record }) => {
    const decoded = decode(JSON.parse(JSON.stringify(record)) as object, options);
    if (decoded.kind === "rejected") throw new Error(decoded.reason);
    return decoded.kind === "call" ? [decoded.call] : [];
  });
}

const vendor = estate(5);
const seen = witnessed(vendor);
const calls = callsOf(vendor, seen);
const outbound = new Set(vendor.workloads.map((workload) => workload.outbound.arn));
const own = calls.filter(({ recipient }) => recipient === VENDOR_ACCOUNT);

test("each day's records are in the order of their times, of that day, and each is there once", () => {
  const times = seen.map(({ record }) => record.eventTime);
  expect(times).toEqual([...times].sort());
  expect(new Set(seen.map(({ record }) => record.eventID)).size).toBe(seen.length);
  for (let day = 0; day < DAYS; day++) {
    const [first] = recordsOfDay(vendor, [], day);
    expect(Math.floor((Date.parse(first!.record.eventTime) - START_MS) / DAY_MS)).toBe(day);
  }
});

test("a seed makes the same records again, another seed another vendor", () => {
  const [again, attacks] = [estate(5), attacksOn(vendor, { ramp: null })];
  const last = [...recordsOfDay(again, attacksOn(again, { ramp: null }), DAYS - 1)];
  expect(JSON.stringify(last)).toBe(JSON.stringify([...recordsOfDay(vendor, attacks, DAYS - 1)]));
  const papers = [1, 2, 3, 4, 5, 6, 7, 8].map((seed) => configOf(estate(seed)));
  expect(new Set(papers).size).toBe(papers.length);
  const kinds = (key: string): Set<boolean> => new Set(papers.map((paper) => paper.includes(key)));
  for (const key of ["sessionNames:", "cadence:", "callers:"]) expect(kinds(key).has(true)).toBe(true);
  expect(new Set(papers.map((paper) => paper.match(/sessionNames:/g)?.length ?? 0)).size).toBeGreaterThan(1);
});

test("attacks come on top: what is as it should be is the same with and without them", () => {
  const quiet = witnessed(vendor, null, true);
  const usual = seen.filter(({ attack }) => attack === null);
  expect(usual.length).toBeLessThan(seen.length);
  expect(JSON.stringify(usual) === JSON.stringify(quiet)).toBe(true);
});

test("every attack happens once in the half that is scored, and has a label that names all of its events", () => {
  const attacks = attacksOn(vendor, { ramp: 15 });
  const ramped = witnessed(vendor, 15);
  const labels = labelling(vendor, attacks);
  for (const each of ramped) labels.note(each);
  const told = labels.labels();
  expect(told.map(({ id }) => id).sort()).toEqual([...RECIPES.map(({ id }) => id), "A11"].sort());
  const scoredFrom = START_MS + firstScoredDay(vendor) * DAY_MS;
  for (const { id, firstEvent, eventIds, detectors } of told) {
    expect(Date.parse(firstEvent)).toBeGreaterThanOrEqual(scoredFrom);
    expect(eventIds).toEqual(ramped.filter(({ attack }) => attack === id).map(({ record }) => record.eventID));
    expect(DETECTORS.map((detector) => detector.id)).toEqual(expect.arrayContaining([...detectors]));
  }
});

test("an outbound role's session is entered before it is used, and used for an hour at most", () => {
  const enteredMs = new Map(own.flatMap(({ issued, timeMs }) => (issued === null ? [] : [[issued.digest, timeMs]])));
  const crossings = own.filter(({ caller }) => caller.roleArn !== null && outbound.has(caller.roleArn));
  expect(crossings.length).toBeGreaterThan(5_000);
  for (const { caller, timeMs } of crossings) {
    const ageMs = timeMs - (enteredMs.get(caller.credential!.digest) ?? NaN);
    expect(ageMs).toBeGreaterThanOrEqual(0);
    expect(ageMs).toBeLessThanOrEqual(HOUR_MS);
  }
});

test("a denied call has no parameters, and nothing of it reaches the customer", () => {
  const denied = seen.filter(({ record }) => record.errorCode === "AccessDenied");
  expect(denied.length).toBeGreaterThan(50);
  for (const { record } of denied) {
    expect(record.requestParameters).toBeNull();
    expect(record.recipientAccountId).toBe(VENDOR_ACCOUNT);
    expect(record.errorMessage).toMatch(/ on resource: arn:/);
  }
});

test("a customer is probed while the registry has it as being onboarded, and worked on only when it is active", () => {
  const registry = (day: number) => {
    const text = tenantsOf(vendor, estateKey(vendor), START_MS + (day + 1) * DAY_MS);
    const { roles, rejects } = readTenants(text, { name: "tenants", format: "ndjson" });
    expect(rejects).toEqual([]);
    return new Map(roles.map((role) => [role.roleArn, role.status]));
  };
  const arrived = vendor.customers.filter(({ sinceMs }) => sinceMs >= START_MS);
  expect(arrived.length).toBeGreaterThanOrEqual(3);
  for (const { role, sinceMs } of arrived) {
    const day = Math.floor((sinceMs - START_MS) / DAY_MS);
    expect(registry(day).get(role.arn)).toBe("onboarding");
    const ofDay = own.filter(
      ({ target, timeMs }) => target.roleArn === role.arn && Math.floor((timeMs - START_MS) / DAY_MS) === day,
    );
    expect(ofDay.map(({ outcome }) => outcome)).toEqual(["denied", "allowed"]);
    if (day + 1 < DAYS) expect(registry(day + 1).get(role.arn)).toBe("active");
  }
});

test("external IDs are those that the registry of the day holds, but for the two attacks that are about them", () => {
  const honest = callsOf(
    vendor,
    seen.filter(({ attack }) => attack === null),
  );
  for (let day = 0; day < DAYS; day++) {
    const text = tenantsOf(vendor, estateKey(vendor), START_MS + (day + 1) * DAY_MS);
    const { roles } = readTenants(text, { name: "tenants", format: "ndjson" });
    const held = new Map(roles.map((role) => [role.roleArn, [role.externalId, role.previousExternalId]]));
    for (const { timeMs, asked, target } of honest) {
      if (Math.floor((timeMs - START_MS) / DAY_MS) !== day || asked === null || !held.has(target.roleArn ?? ""))
        continue;
      const { externalId } = asked;
      expect(held.get(target.roleArn!)).toContain(externalId !== null && externalId !== "hidden" && externalId.digest);
    }
  }
});

test("each account is entered about thirty to forty times on a weekday", () => {
  for (const seed of [1, 2, 3]) {
    const some = estateOf({ seed, accounts: 100, days: 2, startMs: START_MS });
    const first = [...recordsOfDay(some, [], 0)].filter(({ record }) => record.eventName === "AssumeRole");
    const there = some.customers.filter(({ activeMs }) => activeMs <= START_MS).length;
    expect(first.length / there).toBeGreaterThan(28);
    expect(first.length / there).toBeLessThan(48);
  }
});

test("too small an estate is refused", () => {
  const options = { seed: 1, accounts: 40, days: 4, startMs: START_MS };
  expect(() => estateOf({ ...options, accounts: 19 })).toThrow(RangeError);
  expect(() => estateOf({ ...options, days: 1 })).toThrow(RangeError);
  expect(() => estateOf({ ...options, regions: 5 })).toThrow(RangeError);
  expect(() => estateOf({ ...options, startMs: 1 })).toThrow(RangeError);
});
