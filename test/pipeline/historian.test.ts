import { expect, test } from "vitest";
import { crowd, exampleCall, exampleVendor, later } from "../../src/detectors/example.ts";
import { DETECTORS } from "../../src/detectors/index.ts";
import type { Vendor } from "../../src/outbound/vendor.ts";
import { historian } from "../../src/pipeline/historian.ts";
import { asRemembered, judge, judgePostponed, type Postponed, type Verdict } from "../../src/pipeline/judge.ts";
import { alertOf } from "../../src/pipeline/alert-of.ts";
import { settingsFrom } from "../../src/pipeline/settings.ts";
import { memoryStore } from "../../src/stores/memory.ts";
import type { Store } from "../../src/stores/store.ts";
import type { Call } from "../../src/trail/call.ts";

const DAY_S = 86_400;
const customers = crowd(40);
const vendor = exampleVendor({}, customers);

/** A night's round, and what else somebody did that day. */
function dayOf(day: number, more: readonly Call[] = []): readonly Call[] {
  const round = customers.map((target, at) => callOn(day, 300 * (day % 3) + at * 30, target, "round"));
  return [...round, ...more];
}

function callOn(day: number, second: number, target: (typeof customers)[number], name: string): Call {
  return exampleCall({ at: later(day * DAY_S + second), target, id: `${name} ${day} ${second} ${target.tenant}` });
}

/** Half a round in the afternoon. */
const sweepOn = (day: number): readonly Call[] =>
  customers.slice(0, 20).map((target, at) => callOn(day, 10_000 + at * 5, target, "sweep"));

const SWEPT = 9;
const days = Array.from({ length: 12 }, (_, day) => dayOf(day, day === SWEPT ? sweepOn(day) : []));

async function told(found: ReadonlyMap<string, Verdict>, store: Store): Promise<readonly string[]> {
  const settings = { ...settingsFrom(null, DETECTORS, new Uint8Array(32)), vendor };
  return (await asRemembered(found.values(), store))
    .map((verdict) => JSON.stringify(alertOf(verdict, settings)))
    .sort();
}

/** One batch after another; every `restart` batches the process is another. */
async function lived(batches: readonly (readonly Call[])[], by: Vendor = vendor, restart = Infinity) {
  const store = memoryStore();
  const court = { vendor: by, detectors: DETECTORS, store };
  let memory = historian(court);
  const found = new Map<string, Verdict>();
  for (const [at, calls] of batches.entries()) {
    if (at % restart === 0) memory = historian(court);
    const { verdicts } = await judge({ calls, changes: [] }, { ...court, historian: memory });
    for (const verdict of verdicts) found.set(verdict.id, verdict);
  }
  return { alerts: await told(found, store), store, learning: memory.learning() };
}

async function replayed(batches: readonly (readonly Call[])[]): Promise<readonly string[]> {
  const store = memoryStore();
  const court = { vendor, detectors: DETECTORS, store };
  const postponed: Postponed = { facets: new Map(), slices: new Map() };
  for (const calls of batches) await judge({ calls, changes: [] }, court, postponed);
  const found = new Map((await judgePostponed(postponed, court)).map((verdict) => [verdict.id, verdict]));
  return told(found, store);
}

test("a sweep is found by what nine days taught, and its alert names what it was judged by", async () => {
  const { alerts } = await lived(days);
  const versions = { baseline: expect.stringMatching(/^[0-9a-f]{12}$/) as string };
  expect(alerts.map((alert) => JSON.parse(alert) as unknown)).toMatchObject([
    { detector: "call-burst", versions },
    { detector: "tenant-sweep", versions },
  ]);
});

test("a replay of all days at once, backwards, comes to the same bytes as living through them", async () => {
  const { alerts } = await lived(days);
  expect(await replayed(days.toReversed())).toEqual(alerts);
});

test("in whichever batches the days come, and however often the process is another, the alerts are the same", async () => {
  const { alerts } = await lived(days);
  const few = days.flatMap((calls) => [calls.slice(0, 7), calls.slice(7, 31), calls.slice(31)]);
  expect((await lived(few)).alerts).toEqual(alerts);
  expect((await lived(few, vendor, 1)).alerts).toEqual(alerts);
});

test("what a day was judged by never changes, whatever comes late", async () => {
  const { store } = await lived(days);
  const key = [...store.cells.keys()].find((name) => /^history\/assumptions\/\d+\//.test(name))!;
  const before = JSON.stringify([...(await store.recall([key])).values()]);
  const court = { vendor, detectors: DETECTORS, store };
  const late = customers.map((target) => callOn(2, 40_000, target, "late"));
  await judge({ calls: late, changes: [] }, { ...court, historian: historian(court) });
  await judge({ calls: days[11]!, changes: [] }, { ...court, historian: historian(court) });
  expect(JSON.stringify([...(await store.recall([key])).values()])).toBe(before);
});

test("a day's past is not made before the day has come, when what it newly knows is sealed", async () => {
  const { store } = await lived(days.slice(0, 6));
  const made = [...store.cells.keys()].filter((name) => name.startsWith("history/assumptions/"));
  const latest = Math.max(...made.map((name) => Number(name.split("/")[2])));
  expect(latest).toBe(Math.floor(later(5 * DAY_S) / (DAY_S * 1000)));
});

test("on the first days it is said of each role that it is being learned, and then no longer", async () => {
  const [first, last] = [await lived(days.slice(0, 3)), await lived(days)];
  expect(first.learning).toEqual(["arn:aws:iam::999988887777:role/integration-scanner: 1 of 3 days"]);
  expect(last.learning).toEqual([]);
});

test("what is learned since a day knows nothing of the days before it", async () => {
  const since = exampleVendor({ learnSinceMs: later(7 * DAY_S) }, customers);
  const { alerts, learning } = await lived(days, since);
  expect(alerts).toEqual([]);
  expect(learning).toEqual([]);
  expect((await lived(days.slice(0, 9), since)).learning).toHaveLength(1);
});
