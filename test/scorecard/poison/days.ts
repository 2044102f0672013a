import { AWAY, crowd, exampleCall, exampleVendor } from "../../../src/detectors/example.ts";
import { DETECTORS } from "../../../src/detectors/index.ts";
import { historian } from "../../../src/pipeline/historian.ts";
import { judge } from "../../../src/pipeline/judge.ts";
import { dice, type Dice } from "../../../src/simulate/dice.ts";
import { poisson } from "../../../src/simulate/distributions.ts";
import { memoryStore } from "../../../src/stores/memory.ts";
import type { Call } from "../../../src/trail/call.ts";

const DAY_MS = 86_400_000;
const HOUR = 3_600;
/** A Monday. */
const FIRST_DAY_MS = Date.UTC(2026, 5, 1);

/** What a role is used for, nothing of which is written down: calls of one day. */
export interface Routine {
  readonly name: string;
  readonly callsOf: (day: number, chance: Dice) => readonly Call[];
}

/** Calls a day of either routine, from which the ramps rise. */
export const CALLS_A_DAY = 150;
const scheduled = crowd(CALLS_A_DAY);
const many = crowd(400);

/** One round a night, a few minutes earlier or later. */
export const ROUND: Routine = {
  name: "a nightly round",
  callsOf: (day, chance) => {
    const start = 2 * HOUR + chance.below(600);
    return scheduled.map((target, at) => callAt(day, start + at * 20, target, `round ${at}`));
  },
};

/** By what happens at customers in office hours. */
export const EVENTS: Routine = {
  name: "events in office hours",
  callsOf: (day, chance) =>
    Array.from({ length: poisson(chance, CALLS_A_DAY) }, (_, at) =>
      callAt(day, 8 * HOUR + chance.below(10 * HOUR), chance.pick(many), `event ${at}`),
    ),
};

/** Somebody else's calls, in office hours, to any customers. */
export function intruders(day: number, count: number, chance: Dice, routine: Routine): readonly Call[] {
  const targets = routine === ROUND ? scheduled : many;
  return Array.from({ length: count }, (_, at) =>
    callAt(day, 9 * HOUR + chance.below(9 * HOUR), chance.pick(targets), `intruder ${at}`),
  );
}

function callAt(day: number, second: number, target: (typeof many)[number], name: string): Call {
  const at = FIRST_DAY_MS + day * DAY_MS + second * 1000;
  return exampleCall({ at, target, id: `${day} ${name}`, asked: { sessionName: "scan-8c1f09ab" } });
}

/** The same call from somewhere else. */
export function fromAway(call: Call): Call {
  return { ...call, key: `${call.key} away`, source: { address: AWAY, vpcEndpointId: null } };
}

/** Lives through days, in one memory, and says which detectors alarmed on each. */
export async function live(days: readonly (readonly Call[])[]): Promise<readonly ReadonlySet<string>[]> {
  const vendor = exampleVendor({}, many);
  const store = memoryStore();
  const court = { vendor, detectors: DETECTORS, store, historian: historian({ vendor, detectors: DETECTORS, store }) };
  const alarms: ReadonlySet<string>[] = [];
  for (const [day, calls] of days.entries()) {
    const { verdicts } = await judge({ calls, changes: [] }, court);
    const ofDay = verdicts.filter(({ identity: { dayMs } }) => dayMs === null || dayOf(dayMs) === day);
    alarms.push(new Set(ofDay.map(({ detector }) => detector.id)));
  }
  return alarms;
}

function dayOf(timeMs: number): number {
  return Math.floor((timeMs - FIRST_DAY_MS) / DAY_MS);
}

export function chanceOf(seed: number, routine: Routine, day: number): Dice {
  return dice(seed, `${routine.name} ${day}`);
}
