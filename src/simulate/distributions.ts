import type { Dice } from "./dice.ts";

/** From 0 to below 1, in steps of 2⁻³². */
function unit(chance: Dice): number {
  return chance.below(2 ** 32) / 2 ** 32;
}

/** A real number from `low` to below `high`, each as likely. */
export function uniform(chance: Dice, low: number, high: number): number {
  return low + unit(chance) * (high - low);
}

/** A whole number from `low` to `high`, both included. */
export function integer(chance: Dice, low: number, high: number): number {
  return low + chance.below(high - low + 1);
}

/** Each factor of two as likely as the next: for what differs between vendors by orders of magnitude. */
export function logUniform(chance: Dice, low: number, high: number): number {
  return low * (high / low) ** unit(chance);
}

/** Whether something of this probability happens. */
export function happens(chance: Dice, probability: number): boolean {
  return unit(chance) < probability;
}

/** Standard normal, by Box and Muller's transform. @see https://doi.org/10.1214/aoms/1177706645 */
export function gaussian(chance: Dice): number {
  return Math.sqrt(-2 * Math.log(1 - unit(chance))) * Math.cos(2 * Math.PI * unit(chance));
}

/** Median 1: how much busier one customer, or one day, is than another. */
export function logNormal(chance: Dice, sigma: number): number {
  return Math.exp(sigma * gaussian(chance));
}

/** Events of a rate: Knuth's multiplication for small means, the normal approximation from 30 on. */
export function poisson(chance: Dice, mean: number): number {
  if (mean >= 30) return Math.max(0, Math.round(mean + Math.sqrt(mean) * gaussian(chance)));
  const limit = Math.exp(-mean);
  let count = 0;
  for (let product = unit(chance); product > limit; product *= unit(chance)) count++;
  return count;
}

/** The same members in an order that the dice decide (Fisher and Yates). */
export function shuffled<T>(chance: Dice, members: readonly T[]): T[] {
  const order = [...members];
  for (let at = order.length - 1; at > 0; at--) {
    const other = chance.below(at + 1);
    [order[at], order[other]] = [order[other] as T, order[at] as T];
  }
  return order;
}

/** One of several by weight. */
export function weighted<T>(chance: Dice, choices: readonly (readonly [choice: T, weight: number])[]): T {
  let left = uniform(
    chance,
    0,
    choices.reduce((sum, [, weight]) => sum + weight, 0),
  );
  for (const [choice, weight] of choices) {
    left -= weight;
    if (left < 0) return choice;
  }
  throw new RangeError("there is nothing to choose from");
}
