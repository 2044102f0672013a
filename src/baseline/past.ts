import type { History } from "../memory/history.ts";
import { DAY_MS, hourOf, MEASURES, SPANS_MS, sumsName, windowsADay, type Counted, type Measure } from "./counts.ts";
import { daysLike, expectations, type Expectation, type LearnedDay } from "./expectation.ts";
import { habitsOf, type Habits } from "./habits.ts";
import { namesUnder, type NamesByDay, type NamesUnder } from "./names.ts";
import { leastImprobable } from "./tail.ts";

/** Nothing is called a burst, a sweep or a probe below this many: small numbers happen by themselves. */
export const FLOOR = 5;

/** From so many sealed days on a subject's rates are judged by what it has learned; before, only by contract and inventory. */
export const LEARNING_DAYS = 3;

/** How far a measure may go in an hour's windows, and what it usually is there. */
export interface Limit extends Expectation {
  /** The least count that alarms. */
  readonly limit: number;
}

/** A subject's history, ready to hold one day against. */
export interface Past {
  /** Number of the day that is held against it. */
  readonly day: number;
  /** Sealed days that were learned. */
  readonly days: number;
  /** Changes with whatever was learned. */
  readonly version: string;
  readonly habits: Habits;
  /** Targets (`hash32`) that are too new to have a past, and are not held against one. */
  readonly newTargets: ReadonlySet<number>;
  /** Null where nothing is known of that hour, or too little altogether. */
  readonly limitOf: (measure: Measure, window: Pick<Counted, "spanMs" | "endMs">) => Limit | null;
  /** The least number of roles entered sooner than ever that alarms; null while that is not known. */
  readonly soonerLimit: Limit | null;
  /** Shapes of session names, by day. */
  readonly names: NamesByDay;
  readonly namesUnder: NamesUnder;
  /** Shapes that alarmed, by day. */
  readonly offNames: NamesByDay;
}

/** What the judgements of one day depend on besides history. */
export interface Present {
  /** Number of the day since the epoch. */
  readonly day: number;
  /** Customer roles in force; 0: not known. */
  readonly inventory: number;
  /** How many false alarms a month are borne, over all subjects and all tests. */
  readonly falseAlarmsPerMonth: number;
  /** How many subjects are judged so. */
  readonly subjects: number;
  /** Targets (`hash32`) of customers who came within these days: their first calls are nobody's excess. */
  readonly newTargets: ReadonlySet<number>;
}

/** Tests of one subject in a month: each measure in each window, and once a day who came sooner than ever. */
const TESTS_A_MONTH = 30 * (1 + MEASURES.length * SPANS_MS.reduce((sum, spanMs) => sum + windowsADay(spanMs), 0));

/**
 * What grows by three in a hundred from day to day is within every limit that grows with it. A day as a whole is therefore
 * also held against what was learned so many days before, once that is enough.
 */
const DRIFT_DAYS = 14;
const DRIFT_FROM_DAYS = 7;

/** History made ready for a day. Limits are made when they are asked for, and kept. */
export function pastOf(history: History, version: string, present: Present): Past {
  const learned: LearnedDay[] = [...history.profiles].map(([day, profile]) => [Number(day), profile]);
  const early = learned.filter(([day]) => day < present.day - DRIFT_DAYS);
  const alpha = present.falseAlarmsPerMonth / (TESTS_A_MONTH * Math.max(1, present.subjects));
  const known = new Map<string, readonly (Limit | null)[]>();
  const limitsOf = (measure: Measure, spanMs: number): readonly (Limit | null)[] => {
    const name = sumsName(measure, spanMs);
    const ready = known.get(name);
    if (ready !== undefined) return ready;
    const limitsBy = (days: readonly LearnedDay[]): readonly (Limit | null)[] =>
      expectations(daysLike(present.day, days), measure, spanMs, present.inventory).map(
        (hour) => hour && limitOf(hour, alpha),
      );
    const drift = spanMs === DAY_MS && early.length >= DRIFT_FROM_DAYS ? limitsBy(early) : [];
    const limits = limitsBy(learned).map((limit, hour) => lower(limit, drift[hour] ?? null));
    known.set(name, limits);
    return limits;
  };
  return {
    day: present.day,
    days: learned.length,
    version,
    habits: habitsOf(history.habits),
    newTargets: present.newTargets,
    limitOf: (measure, window) =>
      learned.length < LEARNING_DAYS ? null : (limitsOf(measure, window.spanMs)[hourOf(window)] ?? null),
    soonerLimit: soonerLimitOf(learned, alpha),
    names: history.names,
    namesUnder: namesUnder(history.names),
    offNames: history.offNames,
  };
}

function lower(a: Limit | null, b: Limit | null): Limit | null {
  return a === null || (b !== null && b.limit < a.limit) ? b : a;
}

function limitOf(expected: Expectation, alpha: number): Limit {
  const { mean, variance, greatest } = expected;
  const limit = Math.max(FLOOR, leastImprobable(mean, variance, alpha), Math.floor(greatest) + 1);
  return { ...expected, limit };
}

function soonerLimitOf(learned: readonly LearnedDay[], alpha: number): Limit | null {
  const counts = learned.flatMap(([, { sooner }]) => sooner ?? []).sort((a, b) => a - b);
  if (counts.length < LEARNING_DAYS) return null;
  // One day on which everything was new, a migration for instance, is not what is usual.
  if (counts.length > LEARNING_DAYS) counts.pop();
  const mean = counts.reduce((sum, count) => sum + count, 0) / counts.length;
  const variance = counts.reduce((sum, count) => sum + (count - mean) ** 2, 0) / (counts.length - 1);
  return limitOf({ mean: Math.max(mean, 0.5 / (counts.length + 1)), variance, greatest: Math.max(...counts) }, alpha);
}

/** The days' profiles that are still remembered: five weeks know every hour of the week four times. */
export const DAYS_KEPT = 35;

/** Without what is older than that before `day`. */
export function recent<T>(byDay: ReadonlyMap<string, T>, day: number): Map<string, T> {
  return new Map([...byDay].filter(([other]) => Number(other) > day - DAYS_KEPT));
}
