import { fields, mapOf, strings, type Lattice } from "./lattice.ts";
import { pairs, type Pairs } from "./pairs.ts";

/**
 * What one sealed day of one subject teaches about its rates. Sums over windows, so that days can be added up as they
 * are needed; windows that alarmed are not in them.
 */
export interface DayProfile {
  /** Calls of the day. */
  readonly calls: number;
  /** Customer roles in force at its end; 0: not known. */
  readonly inventory: number;
  /** How many roles were entered more often within some time than on any day before; null: too few to compare, or too many. */
  readonly sooner: number | null;
  /** By `measure/seconds`: for each hour of the day [windows, sum, sum of squares, greatest], in one row. */
  readonly hours: Readonly<Record<string, readonly number[]>>;
}

/** What a subject's sealed days have taught so far. */
export interface History {
  /** By the day's number since the epoch. */
  profiles: Map<string, DayProfile>;
  /** (target, how often it was entered), see `baseline/habits.ts`. */
  habits: Pairs;
  /** By day: the shapes of the session names that were used. */
  names: Map<string, Set<string>>;
  /** By day: the shapes that were off what had been learned, and so are not. */
  offNames: Map<string, Set<string>>;
}

/**
 * Two workers may seal one day at once, each from what it saw. The fuller profile is kept; of equally full ones the
 * one whose text is greater, so that both end with the same.
 */
const profile: Lattice<DayProfile> = {
  join: (into, delta) => {
    if (into.calls !== delta.calls) return into.calls > delta.calls ? into : delta;
    return JSON.stringify(canonical(into)) >= JSON.stringify(canonical(delta)) ? into : delta;
  },
  encode: canonical,
  decode: (json) => {
    const { calls, inventory, sooner, hours } = json as Partial<DayProfile>;
    if (!Number.isFinite(calls) || !Number.isFinite(inventory) || sooner === undefined || typeof hours !== "object")
      throw new TypeError("a stored day's profile is incomplete");
    return canonical(json as DayProfile);
  },
};

/** With its keys in one order. */
function canonical({ calls, inventory, sooner, hours }: DayProfile): DayProfile {
  const sorted = Object.entries(hours).sort(([a], [b]) => (a < b ? -1 : 1));
  return { calls, inventory, sooner, hours: Object.fromEntries(sorted) };
}

/** So many shapes of names are kept of a day: who invents more than that teaches nothing. */
const SHAPES_KEPT = 200;

export const historyLattice = fields<History>({
  profiles: mapOf(profile),
  habits: pairs,
  names: mapOf(strings(SHAPES_KEPT)),
  offNames: mapOf(strings(SHAPES_KEPT)),
});
