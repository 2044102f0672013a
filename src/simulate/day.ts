import { strikeOf, type Attack } from "./attacks/schedule.ts";
import { byways, probesOf } from "./byways.ts";
import type { Estate } from "./estate.ts";
import type { TrailRecord } from "./record.ts";
import { routineOf } from "./routine.ts";
import { shiftOf } from "./shift.ts";
import type { Step } from "./step.ts";
import { DAY_MS } from "./time.ts";

/** A record, and whose it is. */
export interface Witnessed {
  readonly record: TrailRecord;
  /** Id of the attack that it belongs to; null for what is as it should be. */
  readonly attack: string | null;
}

interface Claimed extends Step {
  readonly attack: string | null;
}

/**
 * The records of one day, from 0, in the order of their times. Each day is made by itself, and of a day only its plan is
 * held: records are made one after the other, while they are read.
 */
export function* recordsOfDay(estate: Estate, attacks: readonly Attack[], day: number): Generator<Witnessed> {
  const dayMs = estate.startMs + day * DAY_MS;
  const shift = shiftOf(estate);
  const usual = [
    ...estate.workloads.flatMap((workload) => routineOf(estate, workload, dayMs, shift)),
    ...probesOf(estate, dayMs, shift),
    ...byways(estate, dayMs),
    ...shift.takeEntries(),
  ];
  const plan: Claimed[] = usual.map((step) => ({ ...step, attack: null }));
  for (const attack of attacks)
    for (const step of strikeOf(estate, attack, dayMs, shift)) plan.push({ ...step, attack: attack.recipe.id });
  plan.sort((a, b) => a.timeMs - b.timeMs);
  for (const { write, attack } of plan) for (const record of write()) yield { record, attack };
}
