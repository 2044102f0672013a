/** Waits before an attempt is repeated; `attempt` counts from 0. */
export type Pause = (attempt: number) => Promise<void>;

const FIRST_MS = 25;
const LONGEST_MS = 1_000;

/**
 * Full jitter: any time up to a bound that doubles, so that those who collided do not meet again. `random` is in [0, 1).
 * @see https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/
 */
export function fullJitter(sleep: (ms: number) => Promise<unknown>, random: () => number): Pause {
  return async (attempt) => {
    await sleep(random() * Math.min(LONGEST_MS, FIRST_MS * 2 ** attempt));
  };
}
