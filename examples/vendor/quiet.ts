import { cross, entryAt, type Story } from "./crossing.ts";
import { dice } from "../../src/simulate/dice.ts";
import { DAY_MS, HOMES, HOUR_MS, type Customer, type Workload } from "./estate.ts";
import type { TrailRecord } from "../../src/simulate/record.ts";

/**
 * Days on which nothing is wrong: each workload enters each customer at its cadence, each customer at a moment of its
 * own. A run starts a little later than the run before, so that no window of one period ever holds two.
 */
export function* quietDays(story: Story): Generator<TrailRecord> {
  const { estate, startMs, days } = story;
  for (const workload of estate.workloads) {
    for (const home of HOMES) {
      for (let hour = 0; hour < days * 24; hour++)
        yield entryAt(story, workload, home, startMs + hour * HOUR_MS).record;
    }
    for (const [index, customer] of estate.customers.entries()) {
      for (const timeMs of runs(story, workload, index / estate.customers.length)) {
        const { session } = entryAt(story, workload, customer.home, timeMs);
        yield* cross(story, {
          timeMs,
          workload,
          customer,
          home: customer.home,
          session,
          denied: isShut(story, customer, timeMs),
        });
      }
    }
  }
}

function* runs({ startMs, days }: Story, { everyMs }: Workload, phase: number): Generator<number> {
  const driftMs = Math.floor(everyMs / 3600);
  const endMs = startMs + days * DAY_MS;
  for (let run = 0; ; run++) {
    const timeMs = startMs + Math.floor(phase * everyMs) + run * (everyMs + driftMs);
    if (timeMs >= endMs) return;
    yield timeMs;
  }
}

/** About one customer a day edits its trust policy, and shuts the vendor out for an hour. */
function isShut({ seed, startMs, estate }: Story, customer: Customer, atMs: number): boolean {
  const day = Math.floor((atMs - startMs) / DAY_MS);
  const chance = dice(seed, `shut on day ${day}`);
  const hour = chance.below(24);
  return Math.floor((atMs - startMs) / HOUR_MS) % 24 === hour && chance.pick(estate.customers) === customer;
}
