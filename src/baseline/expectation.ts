import type { DayProfile } from "../memory/history.ts";
import { sumsName, type Measure } from "./counts.ts";

/** What is to be expected of one hour's windows. */
export interface Expectation {
  readonly mean: number;
  readonly variance: number;
  /** The most that any of these windows ever held. */
  readonly greatest: number;
}

/** A day that was learned, with its number since the epoch. */
export type LearnedDay = readonly [day: number, profile: DayProfile];

const HOURS = 24;
/** From so many weeks on each hour of the week is expected by itself, from so many weekend days on weekends are. */
const WEEKLY_DAYS = 28;
const WEEKEND_DAYS = 4;
/** Hours lend their neighbours a quarter of what they know: schedules start a little early, or late. */
const WEIGHTS = [
  [-1, 0.25],
  [0, 1],
  [1, 0.25],
] as const;
/** An hour's own spread counts as much as all hours' together once it is known from so many days. */
const SHARED_DAYS = 3;

/**
 * The days that tell what to expect of a day: the same day of the week where four weeks are known, else weekdays or
 * weekends, else all.
 */
export function daysLike(day: number, learned: readonly LearnedDay[]): readonly LearnedDay[] {
  const sameWeekday = learned.filter(([other]) => weekdayOf(other) === weekdayOf(day));
  if (learned.length >= WEEKLY_DAYS && sameWeekday.length >= WEEKLY_DAYS / 7) return sameWeekday;
  const alike = learned.filter(([other]) => isWeekend(other) === isWeekend(day));
  const weekendDays = learned.filter(([other]) => isWeekend(other)).length;
  return weekendDays >= WEEKEND_DAYS && alike.length >= WEEKEND_DAYS ? alike : learned;
}

/** 1 January 1970 was a Thursday. */
function weekdayOf(day: number): number {
  return (day + 4) % 7;
}

function isWeekend(day: number): boolean {
  return weekdayOf(day) === 0 || weekdayOf(day) === 6;
}

/**
 * What to expect in each hour of a day. Counts grow with the number of customers, so each day's are scaled to `inventory`
 * roles (0: not known). How much counts spread, beyond what chance alone does to their mean, is a small sample's worst guess;
 * it is drawn towards the spread of all hours together. Null where no day is known.
 */
export function expectations(
  days: readonly LearnedDay[],
  measure: Measure,
  spanMs: number,
  inventory: number,
): readonly (Expectation | null)[] {
  const sums = summed(days, sumsName(measure, spanMs), inventory);
  const raw = sums.map((_, hour) => momentsOf(sums, hour, days.length));
  const known = raw.filter((hour) => hour !== null);
  const shared =
    total(known.map(({ mean, variance }) => Math.max(0, variance - mean))) / total(known.map(({ mean }) => mean ** 2));
  return raw.map((hour) => {
    if (hour === null) return null;
    const { mean, variance, greatest } = hour;
    const own = Math.max(0, variance - mean) / mean ** 2;
    const spread = (days.length * own + SHARED_DAYS * shared) / (days.length + SHARED_DAYS);
    return { mean, variance: (mean + spread * mean ** 2) * smallSample(days.length), greatest };
  });
}

/** A variance from few days is likely to be too small; of one day it says nothing. */
function smallSample(days: number): number {
  return (days + 1) / Math.max(1, days - 1);
}

function total(numbers: readonly number[]): number {
  return numbers.reduce((sum, number) => sum + number, 0);
}

interface Sums {
  windows: number;
  sum: number;
  squares: number;
  greatest: number;
}

function summed(days: readonly LearnedDay[], name: string, inventory: number): readonly Sums[] {
  return Array.from({ length: HOURS }, (_, hour) => {
    const into = { windows: 0, sum: 0, squares: 0, greatest: 0 };
    for (const [, profile] of days) {
      const scale = inventory > 0 && profile.inventory > 0 ? inventory / profile.inventory : 1;
      const [windows = 0, sum = 0, squares = 0, greatest = 0] = (profile.hours[name] ?? []).slice(
        4 * hour,
        4 * hour + 4,
      );
      into.windows += windows;
      into.sum += sum * scale;
      into.squares += squares * scale ** 2;
      into.greatest = Math.max(into.greatest, greatest * scale);
    }
    return into;
  });
}

/** Mean and variance of an hour's windows. What never happened on n days is taken to happen half a time on n + 1. */
function momentsOf(sums: readonly Sums[], hour: number, days: number): Expectation | null {
  if (sums[hour]?.windows === 0) return null;
  const all: Sums = { windows: 0, sum: 0, squares: 0, greatest: 0 };
  for (const [offset, weight] of WEIGHTS) {
    const some = sums[(hour + offset + HOURS) % HOURS];
    if (some === undefined) continue;
    all.windows += weight * some.windows;
    all.sum += weight * some.sum;
    all.squares += weight * some.squares;
    all.greatest = Math.max(all.greatest, some.greatest);
  }
  const mean = all.sum / all.windows;
  const variance = Math.max(0, all.squares / all.windows - mean ** 2);
  return { mean: Math.max(mean, 0.5 / (days + 1)), variance, greatest: all.greatest };
}
