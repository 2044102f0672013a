/** Milliseconds. */
export const SECOND_MS = 1000;
/** Milliseconds. */
export const MINUTE_MS = 60_000;
/** Milliseconds. */
export const HOUR_MS = 3_600_000;
/** Milliseconds. */
export const DAY_MS = 24 * HOUR_MS;

/** Midnight UTC of the day that a moment is in. */
export function dayOf(timeMs: number): number {
  return Math.floor(timeMs / DAY_MS) * DAY_MS;
}

/** Saturday or Sunday, UTC. */
export function isWeekend(timeMs: number): boolean {
  return new Date(timeMs).getUTCDay() % 6 === 0;
}
