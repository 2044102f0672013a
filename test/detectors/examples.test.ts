import { describe, expect, test } from "vitest";
import { buildAlert } from "../../src/alerts/build.ts";
import type { Alert } from "../../src/alerts/alert.ts";
import type { Detector, Example } from "../../src/detectors/detector.ts";
import { DETECTORS } from "../../src/detectors/index.ts";
import { asRemembered, judge, judgePostponed, type Postponed, type Verdict } from "../../src/pipeline/judge.ts";
import { memoryStore } from "../../src/stores/memory.ts";
import type { Incident } from "../../src/tenants/incident.ts";
import type { Use } from "../../src/trail/call.ts";

type Event = Example["events"][number];

function isIncident(event: Event): event is Incident {
  return "facts" in event;
}

/** Judges an example's events in batches, as the live path does or, with `postpone`, as a replay does. */
async function alertsOf(
  detector: Detector,
  { vendor, past }: Example,
  batches: readonly (readonly Event[])[],
  postpone = false,
): Promise<readonly Alert[]> {
  const court = { vendor, detectors: [detector], store: memoryStore() };
  const postponed: Postponed | undefined = postpone ? { facets: new Map(), slices: new Map() } : undefined;
  const verdicts = new Map<string, Verdict>();
  if (past !== undefined)
    await judge({ calls: past, changes: [] }, court, postponed ?? { facets: new Map(), slices: new Map() });
  for (const batch of batches) {
    const calls = batch.filter((event) => "target" in event);
    const changes = batch.filter((event) => "resource" in event);
    const incidents = batch.filter(isIncident);
    const uses = batch.filter(
      (event): event is Use => !("target" in event || "resource" in event || isIncident(event)),
    );
    for (const verdict of (await judge({ calls, changes, uses, incidents }, court, postponed)).verdicts)
      verdicts.set(verdict.id, verdict);
  }
  if (postponed !== undefined) {
    for (const verdict of await judgePostponed(postponed, court)) verdicts.set(verdict.id, verdict);
  }
  const context = { vendor, severity: detector.severity, suppressions: [], product: "test" };
  return (await asRemembered(verdicts.values(), court.store))
    .map(({ identity, evidence }) => buildAlert(detector, identity, evidence, context))
    .sort((a, b) => (a.id < b.id ? -1 : 1));
}

const onePerBatch = (events: readonly Event[]): (readonly Event[])[] => events.map((event) => [event]);

describe.each(DETECTORS.map((detector) => ({ id: detector.id, detector })))("$id", ({ detector }) => {
  test.each(Object.entries(detector.examples.fires))("fires: %s", async (_, example) => {
    const alerts = await alertsOf(detector, example, onePerBatch(example.events));
    expect(alerts).not.toEqual([]);
    for (const alert of alerts) {
      expect(alert.summary).not.toMatch(/undefined|null|NaN|\[object/);
      if (example.events.every(isIncident)) continue;
      expect(alert.calls).toBeGreaterThan(0);
      expect(alert.eventIds.length).toBeGreaterThan(0);
      expect(alert.principal).not.toBeNull();
    }
  });

  test.each(Object.entries(detector.examples.quiet))("stays quiet: %s", async (_, example) => {
    expect(await alertsOf(detector, example, onePerBatch(example.events))).toEqual([]);
  });

  test.each(Object.entries(detector.examples.fires))(
    "gives the same bytes in any order, in any batches, twice delivered, and replayed: %s",
    async (_, example) => {
      const { events } = example;
      const expected = JSON.stringify(await alertsOf(detector, example, [events]));
      expect(JSON.stringify(await alertsOf(detector, example, onePerBatch(events)))).toBe(expected);
      expect(JSON.stringify(await alertsOf(detector, example, onePerBatch(events.toReversed())))).toBe(expected);
      expect(JSON.stringify(await alertsOf(detector, example, [events, events.toReversed()]))).toBe(expected);
      expect(JSON.stringify(await alertsOf(detector, example, onePerBatch(events), true))).toBe(expected);
    },
  );

  test("has at least three examples of each, and says everything an analyst asks", () => {
    expect(Object.keys(detector.examples.fires).length).toBeGreaterThanOrEqual(3);
    expect(Object.keys(detector.examples.quiet).length).toBeGreaterThanOrEqual(3);
    expect(detector.respond.length).toBeGreaterThanOrEqual(1);
    for (const prose of [detector.title, detector.why, detector.blind, ...detector.respond]) expect(prose).not.toBe("");
    expect(detector.sources.length).toBeGreaterThanOrEqual(1);
    for (const technique of detector.attack) expect(technique).toMatch(/^T\d{4}(\.\d{3})?$/);
  });
});
