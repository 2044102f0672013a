import { expect, test } from "vitest";
import { judgeEstate, PRODUCT } from "../../bench/detection/judge-estate.ts";
import { pageOf, type Page, type Truth } from "../../bench/detection/page.ts";
import { reportOf } from "../../bench/detection/report.ts";
import { LOOKS_A_DAY, scoresOf } from "../../bench/detection/score.ts";
import type { Alert } from "../../src/alerts/alert.ts";
import { buildAlert } from "../../src/alerts/build.ts";
import { START_MS, elsewhere, nobody } from "../alerts/sample.ts";
import { emptyEvidence } from "../../src/detectors/evidence.ts";
import type { Label } from "../../src/simulate/label.ts";
import { DAY_MS } from "../../src/simulate/time.ts";

const label: Label = {
  id: "A4a",
  title: "a sweep",
  detectors: ["tenant-sweep"],
  missed: null,
  role: "arn:aws:iam::999988887777:role/outbound-scanner",
  firstEvent: "2026-11-20T10:00:00Z",
  lastEvent: "2026-11-20T10:10:00Z",
  eventIds: ["e-attack"],
};
const truth: Truth = {
  startMs: Math.floor(START_MS / DAY_MS) * DAY_MS,
  labels: [label],
  attackOf: new Map([["e-attack", "A4a"]]),
  accountsOf: new Map([["A4a", new Set(["111122223333"])]]),
};
const context = { vendor: nobody(), severity: "high", suppressions: [], product: "0" } as const;
const plain = buildAlert(
  elsewhere,
  { subject: "s", tenant: null, dayMs: START_MS },
  emptyEvidence(START_MS, START_MS),
  context,
);
const alert = (changes: Partial<Alert>): Alert => ({ ...plain, ...changes });

test("a page that names none of an attack's events is false, whatever its detector", () => {
  for (const detector of ["source-outside-ranges", "human-operator", "tenant-sweep", "call-burst"])
    expect(pageOf(alert({ detector, eventIds: ["e-1", "e-2"] }), truth).attacks).toEqual([]);
});

test("a page of a single call finds the attack that the call is of", () => {
  const page = pageOf(alert({ detector: "source-outside-ranges", eventIds: ["e-1", "e-attack"] }), truth);
  expect(page).toMatchObject({ rule: "source-outside-ranges", day: 0, attacks: ["A4a"] });
});

test("a page of a window finds what its detector is right about, and nothing that its sample holds by chance", () => {
  const eventIds = ["e-attack"];
  expect(pageOf(alert({ detector: "tenant-sweep", eventIds }), truth).attacks).toEqual(["A4a"]);
  expect(pageOf(alert({ detector: "call-burst", eventIds }), truth).attacks).toEqual([]);
});

test("a window whose sample misses the attack counts at its time, for its role and its accounts, and not beside", () => {
  const right = { detector: "tenant-sweep", workload: "scanner", account: "111122223333" };
  const found = (changes: Partial<Alert>): readonly string[] => pageOf(alert({ ...right, ...changes }), truth).attacks;
  expect(found({})).toEqual(["A4a"]);
  expect(found({ workload: "poller" })).toEqual([]);
  expect(found({ account: "444455556666" })).toEqual([]);
  expect(found({ firstSeen: "2026-11-20T10:10:01Z", lastSeen: "2026-11-20T11:00:00Z" })).toEqual([]);
});

test("of a day with too many pages ten are read at random, of any other all", () => {
  const noise = (day: number, count: number): Page[] =>
    Array.from({ length: count }, () => ({ rule: "noise", day, attacks: [], about: "" }));
  const hit = (day: number): Page => ({ rule: "hit", day, attacks: ["A4a"], about: "" });
  const looked = (pages: readonly Page[]): number =>
    Array.from({ length: 200 }, (_, seed) =>
      scoresOf({
        estate: { seed, days: 2, startMs: truth.startMs - DAY_MS },
        truth,
        records: 0,
        outcomes: [{ style: "any", pages }],
      }),
    )
      .flat()
      .filter(({ found, foundInLooks }) => found.length === 1 && foundInLooks.length === 1).length;
  expect(looked([...noise(1, LOOKS_A_DAY - 1), hit(1)])).toBe(200);
  const crowded = looked([...noise(1, 4 * LOOKS_A_DAY - 1), hit(1)]);
  expect(crowded).toBeGreaterThan(25);
  expect(crowded).toBeLessThan(75);
});

test("an estate is judged by the product and by its peers, and comes to tables", async () => {
  const judgement = await judgeEstate({ seed: 5, accounts: 25, days: 4, ramp: null });
  const scores = scoresOf(judgement);
  expect(scores.map(({ style }) => style)).toEqual([
    PRODUCT,
    "any non-service caller",
    "new terms, 10 d",
    "first seen",
    "z-score, 3 sigma hourly",
    "careful static rules",
  ]);
  const [product, , , first] = scores;
  expect(product!.found).toEqual(expect.arrayContaining(["A1b", "A2a", "A2c", "A6", "A7", "A9", "A10"]));
  expect(product!.wanted).not.toContain("A12");
  const byVolume = ["call-burst", "tenant-sweep", "denied-probing"];
  expect(byVolume).toEqual(expect.arrayContaining(Object.keys(product!.falseByRule)));
  expect(first!.scored[0]).toBeGreaterThan(100);
  const report = reportOf(scores);
  expect(report.filter((line) => line.startsWith(PRODUCT))).toHaveLength(1);
  expect(report).toContainEqual(expect.stringMatching(/^ {2}A2a +1\/1 {2}read /));
}, 60_000);
