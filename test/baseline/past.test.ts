import { expect, test } from "vitest";
import { DAY_MS, MEASURES } from "../../src/baseline/counts.ts";
import { afterDay } from "../../src/baseline/learn.ts";
import { excesses, hurry } from "../../src/baseline/unusual.ts";
import { hitsOn, learned, pastFor, type Entry } from "./days.ts";

const HOUR = 3600;
const TWO_AM = 2 * HOUR;

/** Every night from two o'clock on one role every ten seconds, a few minutes earlier or later from night to night. */
const nightly =
  (roles: number) =>
  (day: number): readonly Entry[] =>
    Array.from({ length: roles }, (_, role) => [TWO_AM + ((day * 7) % 5) * 60 + role * 10, role]);

const sweep = (roles: number, from: number, seconds: number): readonly Entry[] =>
  Array.from({ length: roles }, (_, role) => [from + Math.floor((role * seconds) / roles), role]);

test("a night like all others is within every limit", () => {
  const { history, next } = learned(14, nightly(200));
  const hits = [...hitsOn(next - 1, nightly(200)(13)), ...hitsOn(next, nightly(200)(14))];
  const past = pastFor(history, next);
  expect(excesses(hits, next * DAY_MS, MEASURES, past, null)).toEqual([]);
  expect(hurry(hits, next * DAY_MS, past, null)).toBeNull();
});

test("a constant past, whose deviation is none, still has a limit, and one that is near", () => {
  const { history, next } = learned(14, () => sweep(100, 10 * HOUR, HOUR));
  const limit = pastFor(history, next).limitOf("targets", { spanMs: DAY_MS, endMs: (next + 1) * DAY_MS });
  expect(limit).toMatchObject({ mean: 100, greatest: 100 });
  expect(limit?.limit).toBeGreaterThan(120);
  expect(limit?.limit).toBeLessThan(180);
});

test("what never happened alarms from a handful on", () => {
  const { history, next } = learned(14, nightly(200));
  const past = pastFor(history, next);
  const found = (roles: number) =>
    excesses(hitsOn(next, sweep(roles, 15 * HOUR, 60)), next * DAY_MS, ["targets"], past, null);
  expect(found(4)).toEqual([]);
  expect(found(7).length).toBeGreaterThan(0);
});

test("a burst over the edge of two windows, of two hours and of two days is seen whole", () => {
  const { history, next } = learned(14, nightly(200));
  const past = pastFor(history, next);
  for (const from of [15 * HOUR - 60, 15 * HOUR + 240, 12 * HOUR - 30]) {
    const found = excesses(hitsOn(next, sweep(40, from, 120)), next * DAY_MS, ["targets"], past, null);
    expect(found.some(({ window }) => window.spanMs === 300_000 && window.targets === 40)).toBe(true);
  }
  const midnight = [...hitsOn(next - 1, sweep(20, 24 * HOUR - 60, 60)), ...hitsOn(next, sweep(40, 0, 60).slice(20))];
  expect(excesses(midnight, next * DAY_MS, ["targets"], past, null).some(({ window }) => window.targets === 40)).toBe(
    true,
  );
});

test("fewer false alarms a month set higher limits", () => {
  const { history, next } = learned(14, (day) => sweep(60 + ((day * 37) % 50), 9 * HOUR, HOUR));
  const limitFor = (perMonth: number) =>
    pastFor(history, next, perMonth).limitOf("targets", {
      spanMs: HOUR * 1000,
      endMs: next * DAY_MS + 10 * HOUR * 1000,
    })!.limit;
  expect(limitFor(0.01)).toBeGreaterThan(limitFor(1));
  expect(limitFor(1)).toBeGreaterThan(limitFor(100));
});

test("before three sealed days nothing is judged by the past", () => {
  const { history, next } = learned(2, nightly(200));
  const past = pastFor(history, next);
  const hits = hitsOn(next, sweep(200, 15 * HOUR, 60));
  expect(excesses(hits, next * DAY_MS, MEASURES, past, null)).toEqual([]);
  expect(hurry(hits, next * DAY_MS, past, null)).toBeNull();
});

test("a second round hidden in the nightly one is seen by its roles' habits", () => {
  const { history, next } = learned(14, nightly(200));
  const night = nightly(200)(14);
  const hidden: readonly Entry[] = night.slice(0, 60).map(([second, role]) => [second + 900, role]);
  const hits = [...hitsOn(next - 1, nightly(200)(13)), ...hitsOn(next, [...night, ...hidden])];
  expect(hurry(hits, next * DAY_MS, pastFor(history, next), null)?.targets.size).toBe(60);
});

test("what alarmed is not learned: the same attack alarms as loudly on its fifth day", () => {
  const scan = nightly(200);
  const attack = sweep(120, 15 * HOUR, 600);
  let { history, next } = learned(14, scan);
  const sizes: number[] = [];
  for (let day = 14; day < 19; day++, next++) {
    const hits = [
      ...hitsOn(next - 1, [...scan(day - 1), ...(day === 14 ? [] : attack)]),
      ...hitsOn(next, [...scan(day), ...attack]),
    ];
    const past = pastFor(history, next);
    sizes.push(
      excesses(hits, next * DAY_MS, ["targets"], past, null).filter(({ window }) => window.spanMs === 300_000).length,
    );
    expect(hurry(hits, next * DAY_MS, past, null)?.targets.size).toBe(120);
    history = afterDay(history, past, next, hits, 0);
  }
  expect(new Set(sizes).size).toBe(1);
  expect(sizes[0]).toBeGreaterThan(0);
});

test("weekends are judged by weekends once there were enough of them", () => {
  const weekday = (day: number): boolean => day % 7 < 5;
  const office = (day: number): readonly Entry[] =>
    weekday(day) ? sweep(300, 9 * HOUR, 8 * HOUR) : sweep(4, 9 * HOUR, 8 * HOUR);
  const { history } = learned(19, office);
  const at = (day: number) => ({ spanMs: HOUR * 1000, endMs: (20_780 + day) * DAY_MS + 12 * HOUR * 1000 });
  const limit = (day: number) => pastFor(history, 20_780 + day).limitOf("targets", at(day))!.limit;
  expect(limit(19)).toBeLessThan(20);
  expect(limit(21)).toBeGreaterThan(40);
});

test("with more customers more is expected", () => {
  const { history, next } = learned(5, nightly(200));
  const grown = {
    ...history,
    profiles: new Map([...history.profiles].map(([day, profile]) => [day, { ...profile, inventory: 200 }])),
  };
  const limit = (inventory: number) =>
    pastFor(grown, next, 1, inventory).limitOf("targets", {
      spanMs: HOUR * 1000,
      endMs: next * DAY_MS + 3 * HOUR * 1000,
    })!;
  expect(limit(400).mean).toBeCloseTo(2 * limit(200).mean, 6);
});
