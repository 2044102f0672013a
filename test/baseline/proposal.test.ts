import { expect, test } from "vitest";
import { DAY_MS } from "../../src/baseline/counts.ts";
import { discovery } from "../../src/baseline/discover.ts";
import { frequent } from "../../src/baseline/frequent.ts";
import { namesSeen } from "../../src/baseline/names-seen.ts";
import { rangesProposal } from "../../src/baseline/owned-ranges.ts";
import { roleProposal, type RoleProposal } from "../../src/baseline/proposal.ts";
import { isRegular, scheduleOf } from "../../src/baseline/schedule.ts";
import { survey, type Survey } from "../../src/baseline/survey.ts";
import { crowd, exampleCall, exampleEntry, exampleVendor, later, SCANNER_ARN } from "../../src/detectors/example.ts";
import { sight } from "../../src/outbound/sighting.ts";
import type { Vendor } from "../../src/outbound/vendor.ts";
import type { Call } from "../../src/trail/call.ts";
import { hitsOn } from "./days.ts";

const nameless = { globs: [], reason: "none was seen", notes: [] };
/** Nothing is known of its addresses. */
const homeless: Vendor = { ...exampleVendor(), whereabouts: { pools: [], endpoints: new Map(), aws: null } };
const noon = (day: number, seconds = 0): number => later(day * 86_400 + seconds);

function surveyOf(calls: readonly Call[], vendor: Vendor = homeless): Survey {
  const watched = survey(() => null);
  for (const call of calls) {
    const sighting = sight(call, vendor);
    if (typeof sighting !== "string") watched.see(sighting);
  }
  return watched;
}

function proposalFrom(calls: readonly Call[]): RoleProposal {
  return roleProposal(SCANNER_ARN, surveyOf(calls).roles.get(SCANNER_ARN)!, nameless, null);
}

const week = Array.from({ length: 7 }, (_, day) => day);
const usual = week.flatMap((day) => [
  exampleEntry({ at: noon(day) }),
  ...Array.from({ length: 20 }, (_, at) => exampleCall({ at: noon(day, 1 + at), from: `198.51.100.${7 + (at % 4)}` })),
]);
const intruder = {
  arn: "arn:aws:sts::999988887777:assumed-role/ci-deployer/build-7",
  principalId: "AROAEXAMPLECI:build-7",
  roleArn: "arn:aws:iam::999988887777:role/ci-deployer",
} as const;

test("who assumed the role on one day only is named in a comment and not proposed as a caller", () => {
  const { callers, notes } = proposalFrom([...usual, exampleEntry({ at: noon(3, 60), caller: intruder })]);
  expect(callers?.map(({ value }) => value)).not.toContain(intruder.roleArn);
  expect(callers).toHaveLength(1);
  expect(notes).toContain(`caller seen, not proposed: ${intruder.roleArn}, 1 call on 1 day`);
});

test("a person is never proposed, however often they came", () => {
  const human = [{ strength: "strong", marker: "IAM Identity Center permission set" }] as const;
  const people = week.map((day) => exampleEntry({ at: noon(day, 90), caller: { ...intruder, human } }));
  const { callers, notes } = proposalFrom([...usual, ...people]);
  expect(callers).toHaveLength(1);
  expect(notes).toContain(`a person, not proposed as a caller: ${intruder.roleArn}, 7 calls on 7 days`);
});

test("what a detector objects to teaches nothing and is named", () => {
  const watched = survey(({ call }) => (call.source.address.startsWith("203.") ? "source-outside-ranges" : null));
  const stolen = week.map((day) => exampleCall({ at: noon(day, 500), from: "203.0.113.9" }));
  for (const call of [...usual, ...stolen]) {
    const sighting = sight(call, homeless);
    if (typeof sighting !== "string") watched.see(sighting);
  }
  const seen = watched.roles.get(SCANNER_ARN)!;
  expect(rangesProposal(watched.roles, new Set()).cidrs.map(({ value }) => value)).not.toContain("203.0.113.9/32");
  expect(roleProposal(SCANNER_ARN, seen, nameless, null).notes).toContain(
    "it alarmed and is not proposed: source-outside-ranges: from 203.0.113.0/24, 7 calls on 7 days",
  );
});

test("of a network the smallest part that holds what was seen is proposed, and a visit is not", () => {
  const visit = exampleCall({ at: noon(2, 700), from: "203.0.113.9" });
  const { cidrs, notes } = rangesProposal(surveyOf([...usual, visit]).roles, new Set());
  expect(cidrs.map(({ value }) => value)).toEqual(["198.51.100.0/28"]);
  expect(notes).toContain("seen, not proposed: 203.0.113.0/24, integration-scanner: 1 call on 1 day");
});

test("a network that an alert names has to be there on half of the days", () => {
  const visits = [1, 2, 3].map((day) => exampleCall({ at: noon(day, 700), from: "203.0.113.9" }));
  const { roles } = surveyOf([...usual, ...visits]);
  const proposed = (reported: ReadonlySet<string>): readonly string[] =>
    rangesProposal(roles, reported).cidrs.map(({ value }) => value);
  expect(proposed(new Set())).toContain("203.0.113.9/32");
  expect(proposed(new Set(["203.0.113.0/24", "198.51.100.0/24"]))).toEqual(["198.51.100.0/28"]);
});

test("where a fleet comes from ever new networks no list is proposed, as it would accuse the fleet", () => {
  const fleet = week.flatMap((day) =>
    Array.from({ length: 20 }, (_, at) =>
      exampleCall({ at: noon(day, 900 + at), from: `2001:db8:${(day * 20 + at + 1).toString(16)}::1` }),
    ),
  );
  const { cidrs, notes } = rangesProposal(surveyOf([...usual, ...fleet]).roles, new Set());
  expect(cidrs).toEqual([]);
  expect(notes[0]).toMatch(/integration-scanner comes from 140 networks more, with 48\.\d % of its calls/);
  expect(notes.some((note) => note.startsWith("withheld: 198.51.100.0/28"))).toBe(true);
});

test("a copy or a redelivery more is not a call more", () => {
  expect(proposalFrom([...usual, ...usual])).toEqual(proposalFrom(usual));
});

test("a session policy is required where every call had one", () => {
  const with_ = week.map((day) => exampleCall({ at: noon(day), asked: { sessionPolicy: true, durationSeconds: 900 } }));
  expect(proposalFrom(with_)).toMatchObject({ sessionPolicy: { value: "required" }, maxDuration: { value: "15m" } });
  expect(proposalFrom([...with_, exampleCall({ at: noon(2, 5) })]).sessionPolicy).toBeNull();
});

test("regions are left out where a list of the regular ones would accuse the rare ones", () => {
  const away = exampleCall({ at: noon(1, 60), call: { region: "ap-south-1" } });
  const few = week.map((day) => exampleCall({ at: noon(day) }));
  expect(proposalFrom([...few, away]).regions).toBeNull();
  expect(proposalFrom([...usual, away]).regions?.map(({ value }) => value)).not.toContain("ap-south-1");
  expect(proposalFrom([...usual, away]).regions).not.toBeNull();
});

test("an outbound role is found by the customers it enters, and one that came on one day only is not taken for one", () => {
  const customers = crowd(4);
  const { see, found } = discovery(new Set(), homeless.registry);
  const { see: watch, found: foundWithout } = discovery(new Set(["999988887777"]), null);
  const calls = week.flatMap((day) => customers.map((target, at) => exampleCall({ at: noon(day, at), target })));
  const theft = customers.map((target, at) => exampleCall({ at: noon(3, 50 + at), target, caller: intruder }));
  for (const call of [...calls, ...theft]) {
    see(call);
    watch(call);
  }
  expect(found().outbound).toEqual([]);
  expect(foundWithout()).toEqual({
    outbound: [{ arn: SCANNER_ARN, calls: 28, accounts: 4, days: 7 }],
    passing: [{ arn: intruder.roleArn, calls: 4, accounts: 4, days: 1 }],
  });
});

test("a schedule is what no quiet day goes beyond, and events keep none", () => {
  const day = (entries: readonly (readonly [number, number])[], at: number, alarmed = false) => ({
    dayMs: (20_780 + at) * DAY_MS,
    hits: hitsOn(20_780 + at, entries),
    alarmed,
  });
  const twice = Array.from({ length: 30 }, (_, role) => [[role, role] as const, [40_000 + role, role] as const]).flat();
  const loop = Array.from({ length: 50 }, (_, at) => [60_000 + at, 1] as const);
  const schedule = scheduleOf([day(twice, 0), day(twice, 2), day([...twice, ...loop], 4, true)])!;
  expect(schedule).toMatchObject({ most: 2, share: 1, usual: 2, roleDays: 90 });
  expect(isRegular(schedule)).toBe(true);
  const events = Array.from({ length: 60 }, (_, role) =>
    Array.from({ length: 1 + (role % 20) * (role % 3) }, (__, at) => [role + at * 100, role] as const),
  ).flat();
  expect(isRegular(scheduleOf([day(events, 0)])!)).toBe(false);
  expect(scheduleOf([])).toBeNull();
});

test("names that last become globs; words that change at deploys, and what alarmed, do not", () => {
  const daily = (shapesOf: (day: number) => readonly string[]) =>
    new Map(Array.from({ length: 12 }, (_, day) => [String(day), new Set(shapesOf(day))]));
  const odd = new Map([["11", new Set(["kali-test"])]]);
  const lasting = namesSeen({
    names: daily((day) => ["scan-{tenant}-{hex8}", ...(day === 2 ? ["canary", "{uuid}"] : [])]),
    offNames: odd,
  });
  expect(lasting.globs.map(({ value }) => value)).toEqual(["scan-{tenant}-*"]);
  expect(lasting.reason).toBeNull();
  expect(lasting.notes).toEqual([
    "session name seen, not proposed: canary, on 1 day",
    "session name seen, not proposed: {uuid}, on 1 day",
    "session name that alarmed, not proposed: kali-test, on 1 day",
  ]);
  const changing = namesSeen({ names: daily((day) => [day < 7 ? "scan-amber" : "scan-brisk"]), offNames: new Map() });
  expect(changing.reason).toMatch(/^they change/);
});

test("what is frequent is counted in bounded memory, whatever else comes by", () => {
  const counts = frequent(() => null);
  for (let at = 0; at < 100_000; at++) {
    counts.note(`visitor ${at}`, 1);
    if (at % 50 === 0) counts.note("regular", at % 3);
  }
  const entries = counts.entries();
  expect(entries[0]?.[0]).toBe("regular");
  expect(entries[0]?.[1].count).toBe(2000);
  expect(entries[0]?.[1].days.size).toBe(3);
  expect(entries.length).toBeLessThan(4_000);
  expect(counts.dropped()).toBeGreaterThan(95_000);
  expect(counts.total()).toBe(102_000);
});
