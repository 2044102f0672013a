import { dice } from "../dice.ts";
import { shuffled } from "../distributions.ts";
import { firstScoredDay, type Estate } from "../estate.ts";
import type { Shift } from "../shift.ts";
import type { Step } from "../step.ts";
import { dayOf, DAY_MS } from "../time.ts";
import { DISGUISES } from "./disguises.ts";
import { EXTERNAL_IDS } from "./external-ids.ts";
import { FLOOD } from "./flood.ts";
import { PEOPLE } from "./people.ts";
import { rampOf } from "./ramp.ts";
import type { Recipe } from "./recipe.ts";
import { STRANGERS } from "./strangers.ts";
import { SWEEPS } from "./sweeps.ts";
import { TAMPERING } from "./tampering.ts";
import { THEFTS } from "./thefts.ts";

/** Every attack that an estate can have, but for the ramps. */
export const RECIPES: readonly Recipe[] = [
  ...PEOPLE,
  ...THEFTS,
  ...SWEEPS,
  ...DISGUISES,
  ...STRANGERS,
  ...EXTERNAL_IDS,
  ...TAMPERING,
  ...FLOOD,
];

/** An attack with its times. */
export interface Attack {
  readonly recipe: Recipe;
  /** Its moment of each of its days, in order. */
  readonly strikesMs: readonly number[];
}

export interface AttackOptions {
  /** Percent a day by which an insider's calls grow; null: no such insider. */
  readonly ramp: number | null;
}

/**
 * Each attack once, in the half of the days that is scored, in an order and at hours that the seed decides; the flood and
 * what it covers at one time.
 */
export function attacksOn(estate: Estate, { ramp }: AttackOptions): readonly Attack[] {
  const first = firstScoredDay(estate);
  const scored = estate.days - first;
  const recipes = ramp === null ? RECIPES : [...RECIPES, rampOf(ramp, scored)];
  const order = shuffled(dice(estate.seed, "order of attacks"), recipes);
  const floods = order.findIndex(({ id }) => id === "A10");
  return order.map((recipe, nth) => {
    const turn = recipe.id === "A10-cover" ? floods : nth;
    const days = Math.min(recipe.days ?? 1, scored);
    const latest = scored - days;
    const day = first + Math.min(turn % scored, latest);
    return { recipe, strikesMs: Array.from({ length: days }, (_, at) => momentOf(estate, recipe, day + at)) };
  });
}

/** The flood's cover and what it covers draw from one name. */
function momentOf(estate: Estate, { id, spanMs, when }: Recipe, day: number): number {
  const dayMs = estate.startMs + day * DAY_MS;
  if (when !== undefined) return when(estate, dayMs);
  const chance = dice(estate.seed, `hour of ${id.replace("-cover", "")} ${day}`);
  return dayMs + chance.below(DAY_MS - spanMs);
}

/** What an attack does on a day, with the entries into outbound roles that it alone needs. */
export function strikeOf(estate: Estate, { recipe, strikesMs }: Attack, dayMs: number, shift: Shift): readonly Step[] {
  const nth = strikesMs.findIndex((timeMs) => dayOf(timeMs) === dayMs);
  const timeMs = strikesMs[nth];
  if (timeMs === undefined) return [];
  const chance = dice(estate.seed, `attack ${recipe.id} ${nth}`);
  const steps = recipe.steps({ estate, workload: recipe.workload(estate), shift, timeMs, nth, chance });
  return [...steps, ...shift.takeEntries()];
}
