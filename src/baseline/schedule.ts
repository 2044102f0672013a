import type { Hit } from "../memory/window.ts";
import { DAY_MS } from "./counts.ts";

/** How often customers' roles were entered within 24 hours, a role and day each. */
export interface Schedule {
  /** The most on any day that nothing alarmed on. */
  readonly most: number;
  /** Of the roles, the share that was entered so often at some time. */
  readonly share: number;
  /** Days of one role, and at most how many of them in a hundred went beyond `most`, days that alarmed included. */
  readonly roleDays: number;
  readonly beyond: number;
  /** Half of the days of a role reached this. */
  readonly usual: number;
}

/** One sealed day: its calls and those of the day before, and whether an alarm was about the number of either's. */
export interface CountedDay {
  readonly dayMs: number;
  readonly hits: readonly Hit[];
  readonly alarmed: boolean;
}

/** Null where nothing was ever entered on a day without an alarm. */
export function scheduleOf(days: readonly CountedDay[]): Schedule | null {
  const counted = days.flatMap(({ dayMs, hits, alarmed }) =>
    [...Map.groupBy(hits, ({ target }) => target)].map(([target, own]) => ({
      target,
      alarmed,
      count: mostWithinADay(own, dayMs),
    })),
  );
  const roleDays = counted.filter(({ count }) => count > 0);
  const quiet = roleDays.filter((roleDay) => !roleDay.alarmed);
  if (quiet.length === 0) return null;
  const counts = quiet.map(({ count }) => count).sort((a, b) => a - b);
  const most = counts.at(-1) ?? 0;
  const targets = new Set(quiet.map(({ target }) => target));
  const busiest = new Set(quiet.filter(({ count }) => count >= most).map(({ target }) => target));
  return {
    most,
    share: busiest.size / targets.size,
    roleDays: roleDays.length,
    beyond: roleDays.filter(({ count }) => count > most).length / roleDays.length,
    usual: counts[Math.floor(counts.length / 2)] ?? 0,
  };
}

/** Of one role's calls, the most within 24 hours that end on the day; `own` in any order. */
function mostWithinADay(own: readonly Hit[], dayMs: number): number {
  const times = own.map(({ timeMs }) => timeMs).sort((a, b) => a - b);
  let [first, most] = [0, 0];
  for (const [at, timeMs] of times.entries()) {
    while ((times[first] ?? 0) <= timeMs - DAY_MS) first++;
    if (timeMs >= dayMs) most = Math.max(most, at - first + 1);
  }
  return most;
}

const MOST_ENTRIES = 200;
const BEYOND = 0.05;
/** Fewer days of roles than these show no schedule. */
const ROLE_DAYS = 50;
/** What comes back on schedule does so about equally often; what answers to events does not. */
const UNEVEN = 3;

/** Whether it is regular enough to be promised. */
export function isRegular({ most, beyond, usual, roleDays }: Schedule): boolean {
  return roleDays >= ROLE_DAYS && most <= MOST_ENTRIES && beyond <= BEYOND && most <= UNEVEN * usual;
}
