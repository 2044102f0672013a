import type { Life } from "./crew.ts";

/** A life of at least so many samples says something about a leak: some thirty seconds. */
const LONG = 120;

/** How a worker's memory grew: the last third of its life against the first, a quarter for warming up left out. */
function growthIn({ samples }: Life): number {
  const warm = samples.slice(Math.floor(samples.length / 4)).map(({ rssBytes }) => rssBytes);
  const third = Math.floor(warm.length / 3);
  return mean(warm.slice(-third)) / mean(warm.slice(0, third)) - 1;
}

/** The worst growth of any long life, as a share; null where no life was long. */
export function worstGrowth(lives: readonly Life[]): number | null {
  const long = lives.filter(({ samples }) => samples.length >= LONG);
  return long.length === 0 ? null : Math.max(...long.map(growthIn));
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
