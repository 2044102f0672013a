/** Resolves when it is one's turn. */
export type Pace = () => Promise<void>;

/**
 * Turns at even distances, so many a second, and no more at once after a rest: what a service counts by the second is
 * never handed out in its first instant.
 */
export function evenly(perSecond: number, now: () => number, sleep: (ms: number) => Promise<unknown>): Pace {
  let nextMs = Number.NEGATIVE_INFINITY;
  return async () => {
    const nowMs = now();
    const turnMs = Math.max(nowMs, nextMs);
    nextMs = turnMs + 1_000 / perSecond;
    if (turnMs > nowMs) await sleep(turnMs - nowMs);
  };
}
