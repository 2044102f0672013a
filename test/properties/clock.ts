import { dice, type Dice } from "../../src/simulate/dice.ts";
import { RECORD } from "../trail/sample-record.ts";
import { LATEST_MS, NOW_MS, readRecords } from "./account.ts";
import { lived } from "./court.ts";
import { malformedDate, written } from "./dates.ts";
import { badNumbersIn } from "./memory-times.ts";
import type { Property, Run } from "./property.ts";
import { RECORDS_VENDOR } from "./records-vendor.ts";

const MINUTE_MS = 60_000;
const YEAR_MS = 365 * 86_400_000;
/** How far event times are off; the edge itself and the second beyond it are the same on either side of midnight. */
const SKEWS_MS = [0, 10 * MINUTE_MS, -10 * MINUTE_MS, 10 * MINUTE_MS + 1_000, YEAR_MS, -YEAR_MS, -14 * YEAR_MS];

/** A call that several detectors remember and alert about, at this time and of this name. */
function recordAt(eventTime: unknown, name: string): Readonly<Record<string, unknown>> {
  return {
    ...RECORD,
    eventTime,
    eventID: `event-${name}`,
    sharedEventID: `shared-${name}`,
    sourceIPAddress: "203.0.113.9",
    vpcEndpointId: undefined,
    requestParameters: { ...RECORD.requestParameters, externalId: undefined, policy: undefined, policyArns: undefined },
  };
}

/** A copy in which a part is missing, so that the call itself is remembered too. */
function partial(record: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  return { ...record, eventID: `${String(record.eventID)}-cut`, requestParameters: { omitted: true } };
}

/**
 * Clocks that are off and dates that are none: every record is evaluated or rejected with a reason, by whether its time
 * is a moment between 2013 and ten minutes from now, and no other number gets into memory or into an alert.
 */
export const clocks: Property = async (seed): Promise<Run> => {
  const chance = dice(seed, "clocks");
  const odd = Array.from({ length: 4 }, () => malformedDate(NOW_MS - chance.below(YEAR_MS), chance));
  const skewed = SKEWS_MS.map((skewMs) => NOW_MS + skewMs + someDays(skewMs, chance));
  const records = [...skewed.map(written), ...odd].map((time, at) => recordAt(time, `${seed}-${at}`));
  const { reading, broken } = readRecords([...records, ...records.map(partial)]);
  if (broken !== undefined) return { telling: true, broken };

  const believed = new Map(reading.calls.map(({ key, timeMs }) => [key, timeMs]));
  for (const [at, timeMs] of skewed.entries()) {
    const expected = timeMs > LATEST_MS || timeMs < Date.UTC(2013, 0, 1) ? undefined : timeMs;
    const actual = believed.get(`shared-${seed}-${at}`);
    if (actual !== expected) return wrong(written(timeMs), `was taken for ${actual ?? "no time"}`);
  }
  for (const [at, date] of odd.entries()) {
    const timeMs = believed.get(`shared-${seed}-${skewed.length + at}`);
    if (timeMs !== undefined && !tells(date, timeMs))
      return wrong(date, `was taken for ${new Date(timeMs).toISOString()}`);
  }
  const told = await lived(RECORDS_VENDOR, [reading.calls]);
  const bad = badNumbersIn(told.cells, LATEST_MS);
  if (bad.length > 0) return wrong(odd, `memory holds ${bad.join(", ")}`);
  const nonsense = told.lines.find((line) => /NaN|Invalid Date|"[+-]\d{6}-/.test(line));
  if (nonsense !== undefined) return wrong(odd, `an alert says ${nonsense}`);
  return { telling: told.lines.length > 0 && [...told.cells.values()].some(({ kind }) => kind === "call") };
};

/** Off by a whole year or by a year and some days alike; never so much as to come back within the skew allowed. */
function someDays(skewMs: number, chance: Dice): number {
  return Math.abs(skewMs) < YEAR_MS ? 0 : Math.sign(skewMs) * chance.below(300) * 86_400_000;
}

/** Whether a text that was believed spells this very moment, by whole seconds: nothing has rolled over. */
function tells(date: unknown, timeMs: number): boolean {
  return typeof date === "string" && date.slice(0, 19).replace(" ", "T") === written(timeMs).slice(0, 19);
}

function wrong(date: unknown, what: string): Run {
  return { telling: true, broken: `${JSON.stringify(date)} ${what}` };
}
