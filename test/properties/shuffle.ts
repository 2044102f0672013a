import type { Dice } from "../../src/simulate/dice.ts";

/** The same items in an order that the dice choose. */
export function shuffled<T>(items: readonly T[], chance: Dice): T[] {
  const mixed = [...items];
  for (let at = mixed.length - 1; at > 0; at--) {
    const other = chance.below(at + 1);
    [mixed[at], mixed[other]] = [mixed[other]!, mixed[at]!];
  }
  return mixed;
}

/** The items cut into batches of 1 to `most`: as many of a few as of a few dozen or a few hundred. */
export function inBatches<T>(items: readonly T[], most: number, chance: Dice): T[][] {
  const batches: T[][] = [];
  for (let start = 0; start < items.length;) {
    const size = Math.floor(most ** (chance.below(1001) / 1000));
    batches.push(items.slice(start, start + size));
    start += size;
  }
  return batches;
}

/** Every order that the items can come in. */
export function orders<T>(items: readonly T[]): T[][] {
  if (items.length <= 1) return [[...items]];
  return items.flatMap((item, at) => orders(items.toSpliced(at, 1)).map((rest) => [item, ...rest]));
}

/** Every way to cut a list into batches that are not empty, its order kept. */
export function splits<T>(items: readonly T[]): T[][][] {
  if (items.length === 0) return [[]];
  return items.flatMap((_, at) => splits(items.slice(at + 1)).map((rest) => [items.slice(0, at + 1), ...rest]));
}
