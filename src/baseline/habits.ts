import { addPair, eachPair, noPairs, type Pairs } from "../memory/pairs.ts";
import type { Fresh, Hit } from "../memory/window.ts";
import { HOUR_MS } from "./counts.ts";

/**
 * A role's habits: the most often it was ever entered within a quarter of an hour, half an hour … a day. A workload on a
 * schedule comes back no sooner than the schedule lets it, whatever its volume, so that a role that is entered more often
 * within one of these times than on any day before was entered by something else. The times are a little shorter than
 * schedules' own, and no multiples of them: a scan that starts four minutes earlier than yesterday's is not news.
 */
const TIMES_MS = [13, 26, 52, 160, 620, 1220].map((minutes) => (minutes * HOUR_MS) / 60);

/** Five bits a time; so many or more are not told apart, and a time in which so many are usual judges nothing. */
const MANY = 31;
const BITS = 5;
/** The two bits above: on how many days the role was seen, up to three. A role that is newer has no habits yet. */
const DAYS_SHIFT = BITS * TIMES_MS.length;
const SETTLED_DAYS = 3;

/** What a target's calls are held against. */
interface Habit {
  readonly days: number;
  /** For each time, the most calls within it. */
  readonly most: readonly number[];
}

export type Habits = ReadonlyMap<number, Habit>;

/** Reads habits back: the most of what was ever written of a target, field by field, so that their union is a join. */
export function habitsOf(members: Pairs): Habits {
  const habits = new Map<number, Habit>();
  eachPair(members, (target, packed) => {
    const habit = unpacked(packed);
    const known = habits.get(target);
    habits.set(target, known === undefined ? habit : greater(known, habit));
  });
  return habits;
}

function unpacked(packed: number): Habit {
  return { days: packed >>> DAYS_SHIFT, most: TIMES_MS.map((_, at) => (packed >>> (at * BITS)) & MANY) };
}

function greater(a: Habit, b: Habit): Habit {
  return { days: Math.max(a.days, b.days), most: a.most.map((count, at) => Math.max(count, b.most[at] ?? 0)) };
}

/** The habits after one more day. `hits`: of that day alone. */
export function habitsAfter(before: Habits, hits: readonly Hit[]): Pairs {
  const after = new Map(before);
  for (const [target, some] of Map.groupBy(hits, (hit) => hit.target)) {
    const own = inOrder(some);
    const most = TIMES_MS.map((timeMs) => Math.min(MANY, Math.max(...countsWithin(own, timeMs))));
    const known = before.get(target) ?? { days: 0, most };
    after.set(target, greater(known, { days: Math.min(SETTLED_DAYS, known.days + 1), most }));
  }
  const members = noPairs();
  for (const [target, { days, most }] of after) {
    addPair(
      members,
      target,
      most.reduce((packed, count, at) => packed | (count << (at * BITS)), days << DAYS_SHIFT) >>> 0,
    );
  }
  return members;
}

/** For each of one target's calls, in the order of time, how many of them lie within the time that ends with it. */
function countsWithin(own: readonly Hit[], timeMs: number): readonly number[] {
  let first = 0;
  return own.map((hit, at) => {
    while ((own[first]?.timeMs ?? 0) <= hit.timeMs - timeMs) first++;
    return at - first + 1;
  });
}

/** Of a day's targets, the share whose habits are settled, from 0 to 1. */
export function settledShare(habits: Habits, hits: readonly Hit[], dayMs: number): number {
  const targets = new Set(hits.filter(({ timeMs }) => timeMs >= dayMs).map(({ target }) => target));
  const settled = targets.values().filter((target) => (habits.get(target)?.days ?? 0) >= SETTLED_DAYS);
  return targets.size === 0 ? 0 : [...settled].length / targets.size;
}

/** Whether so many calls within a time are too many, where so many are usual. */
type TooMany = (count: number, usual: number) => boolean;

/**
 * The day's calls that come sooner than their role was ever entered again. Of roles that have not been seen on three days
 * nothing is known. `hits`: of that day and maybe the one before. With `fresh`: none, where none of its targets has such.
 */
export function soonerThanEver(
  habits: Habits,
  hits: readonly Hit[],
  dayMs: number,
  fresh: Fresh | null,
): readonly Hit[] {
  return beyondHabit(habits, hits, dayMs, fresh, (count, usual) => count > usual);
}

/** Far more than a habit: what is entered now and then has its busiest day every now and then. */
const FAR = { times: 3, more: 10 } as const;

/** The day's calls to roles that are entered far more often than on any day before. */
export function farBeyondHabit(
  habits: Habits,
  hits: readonly Hit[],
  dayMs: number,
  fresh: Fresh | null,
): readonly Hit[] {
  return beyondHabit(habits, hits, dayMs, fresh, (count, usual) => count >= FAR.times * usual + FAR.more);
}

function beyondHabit(
  habits: Habits,
  hits: readonly Hit[],
  dayMs: number,
  fresh: Fresh | null,
  tooMany: TooMany,
): readonly Hit[] {
  // Of the day alone: a busy evening is that evening's alarm, and not the next morning's as well.
  const today = hits.filter(({ timeMs }) => timeMs >= dayMs);
  const beyond = (some: readonly Hit[]): readonly Hit[] =>
    [...Map.groupBy(some, (hit) => hit.target)].flatMap(([target, own]) => {
      const habit = habits.get(target);
      return habit === undefined || habit.days < SETTLED_DAYS ? [] : beyondOne(habit, inOrder(own), tooMany);
    });
  const news = fresh === null ? null : today.filter(({ target }) => fresh.targets.has(target));
  return news !== null && beyond(news).length === 0 ? [] : beyond(today);
}

/** Of one target's calls, in the order of time, those with which they are too many within some time. */
function beyondOne({ most }: Habit, own: readonly Hit[], tooMany: TooMany): readonly Hit[] {
  const counts = TIMES_MS.map((timeMs) => countsWithin(own, timeMs));
  return own.filter((_, at) =>
    counts.some((count, time) => {
      const usual = most[time] ?? MANY;
      return usual < MANY && tooMany(count[at] ?? 0, usual);
    }),
  );
}

function inOrder(own: readonly Hit[]): readonly Hit[] {
  return own.toSorted((a, b) => a.timeMs - b.timeMs || a.moment - b.moment);
}
