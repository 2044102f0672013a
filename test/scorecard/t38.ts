import type { Call } from "../../src/trail/call.ts";
import { dice } from "../../src/simulate/dice.ts";
import { poisson } from "../../src/simulate/distributions.ts";
import { sized, type Outcome, type ScorecardTest, type Sizing } from "./card.ts";
import { CALLS_A_DAY, chanceOf, EVENTS, fromAway, intruders, live, ROUND, type Routine } from "./poison/days.ts";

const LEARNING_DAYS = 16;
/** By how many in a hundred an insider's calls grow from day to day, and by which day they have to be found. */
const RAMPS = [
  [15, 5],
  [8, 8],
  [3, 21],
] as const;
const BY_PAST: ReadonlySet<string> = new Set(["tenant-sweep", "call-burst"]);

/** Poison that is poured in slowly, while learning, and under names of the poisoner's choosing. */
export const t38: ScorecardTest = {
  id: "T38",
  part: "E",
  title: "what is learned is not what an intruder teaches: ramps of 3, 8 and 15 % a day, poison from the first day",
  run: async (sizing) => {
    const wrongs: string[] = [];
    let tried = 0;
    for (let seed = sizing.seed; seed < sizing.seed + sized(10, sizing); seed++) {
      for (const routine of [ROUND, EVENTS]) {
        for (const [percent, bar] of RAMPS) {
          tried++;
          const found = await firstAlarm(seed, routine, percent, bar);
          if (found === null)
            wrongs.push(`${percent} % a day beside ${routine.name}: not found by day ${bar}, seed ${seed}`);
        }
        tried++;
        const noise = await falseAlarms(seed, routine);
        if (noise > 1) wrongs.push(`${routine.name} alone: ${noise} false alarms in five weeks, seed ${seed}`);
      }
      tried += 2;
      wrongs.push(...(await poisonedSweeps(seed)), ...(await poisonedNames(seed)));
    }
    return outcome(wrongs, tried, sizing);
  },
};

function outcome(wrongs: readonly string[], tried: number, { seed }: Sizing): Outcome {
  return {
    verdict: wrongs.length === 0 ? "PASS" : "FAIL",
    figure: tried - wrongs.length,
    unit: "poisons",
    detail: [`of ${tried}, from seed ${seed}`, ...wrongs].join("\n"),
  };
}

/** Day of the ramp, from 1; null: not by that day. */
async function firstAlarm(seed: number, routine: Routine, percent: number, bar: number): Promise<number | null> {
  const days = Array.from({ length: LEARNING_DAYS + bar }, (_, day): readonly Call[] => {
    const chance = chanceOf(seed, routine, day);
    const nth = day - LEARNING_DAYS + 1;
    const more = nth < 1 ? 0 : poisson(chance, CALLS_A_DAY * ((1 + percent / 100) ** nth - 1));
    return [...routine.callsOf(day, chance), ...intruders(day, more, dice(seed, `intruder ${day}`), routine)];
  });
  const alarms = (await live(days)).slice(LEARNING_DAYS);
  const found = alarms.findIndex((ids) => [...ids].some((id) => BY_PAST.has(id)));
  return found === -1 ? null : found + 1;
}

/** Of five weeks in which nothing happens. */
async function falseAlarms(seed: number, routine: Routine): Promise<number> {
  const days = Array.from({ length: 35 }, (_, day) => routine.callsOf(day, chanceOf(seed, routine, day)));
  return (await live(days)).reduce((sum, ids) => sum + ids.size, 0);
}

/** A thief sweeps from the first day on: the past may learn of it, the thief's address is known without a past. */
async function poisonedSweeps(seed: number): Promise<readonly string[]> {
  const days = Array.from({ length: 6 }, (_, day) => {
    const round = ROUND.callsOf(day, chanceOf(seed, ROUND, day));
    return [...round, ...intruders(day, 60, dice(seed, `thief ${day}`), ROUND).map(fromAway)];
  });
  return (await live(days)).flatMap((ids, day) =>
    ids.has("source-outside-ranges") ? [] : [`day ${day} of a thief who was there first: no alarm, seed ${seed}`],
  );
}

/** Names that a poisoner had taught are known; others of the same make are not. */
async function poisonedNames(seed: number): Promise<readonly string[]> {
  const named = (day: number, sessionName: string): readonly Call[] =>
    intruders(day, 1, dice(seed, `name ${day}`), ROUND).map((call) => ({
      ...call,
      asked: call.asked && { ...call.asked, sessionName },
    }));
  const days = Array.from({ length: LEARNING_DAYS }, (_, day) => [
    ...ROUND.callsOf(day, chanceOf(seed, ROUND, day)),
    ...(day >= 3 && day < 6 ? named(day, "scan-test0") : []),
  ]);
  const last = [
    ...ROUND.callsOf(LEARNING_DAYS, chanceOf(seed, ROUND, LEARNING_DAYS)),
    ...named(LEARNING_DAYS, "scan-probe7"),
  ];
  const alarms = await live([...days, last]);
  return alarms.at(-1)?.has("unusual-session-name") === true ? [] : [`a poisoned name let another pass, seed ${seed}`];
}
