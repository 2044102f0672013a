import type { Papers } from "../../examples/live/papers.ts";
import { attacks } from "../../examples/vendor/attacks.ts";
import { background } from "../../examples/vendor/background.ts";
import { DAY_MS, estateOf } from "../../examples/vendor/estate.ts";
import { configOf, rangesOf, tenantsOf } from "../../examples/vendor/papers.ts";
import { quietDays } from "../../examples/vendor/quiet.ts";
import type { TrailRecord } from "../../src/simulate/record.ts";
import { sampleKey } from "../../examples/vendor/sample.ts";

/** A vendor's trail of some length, and the papers that its configuration consists of. */
export interface LongTrail extends Papers {
  /** In time order, exactly as many as were asked for. */
  readonly records: readonly TrailRecord[];
  /** Epoch milliseconds; every record is from before. */
  readonly endMs: number;
}

const TENANTS = 120;
const DAYS = 2;

/**
 * The sample vendor's two days again and again, by another chance each time and with the five anomalies in each, until
 * there are `events` records: one estate, so that memory grows over weeks, and new alerts on every day.
 */
export function longTrail(seed: number, events: number, startMs: number): LongTrail {
  const estate = estateOf(seed, TENANTS);
  const records: TrailRecord[] = [];
  let endMs = startMs;
  for (let part = 0; records.length < events; part++) {
    const story = { seed: seed + part, estate, startMs: endMs, days: DAYS };
    const days = [...quietDays(story), ...background(story), ...attacks(story).flatMap((attack) => attack.records)];
    days.sort((a, b) => (a.eventTime < b.eventTime ? -1 : a.eventTime > b.eventTime ? 1 : 0));
    for (const record of days.slice(0, events - records.length)) records.push(record);
    endMs += DAYS * DAY_MS;
  }
  const key = sampleKey(seed);
  return {
    ...{ records, endMs, key },
    config: configOf(estate),
    tenants: tenantsOf(estate, key, startMs),
    ranges: rangesOf(startMs),
  };
}
