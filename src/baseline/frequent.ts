/** How often something was seen, on which UTC days (numbers since the epoch), and what else is kept of it. */
export interface Seen<T> {
  count: number;
  readonly days: Set<number>;
  readonly detail: T;
}

/**
 * Counts what comes in any number of kinds, such as the addresses of a fleet, in bounded memory: lossy counting. Whatever
 * makes up more than one in `ONE_IN` of all is in the answer, with at most that share missing from its count.
 * Manku & Motwani, "Approximate frequency counts over data streams", VLDB 2002.
 */
export interface Frequent<T> {
  readonly note: (label: string, day: number) => T;
  /** The most frequent first; of equals the first in the alphabet. */
  readonly entries: () => readonly (readonly [label: string, seen: Seen<T>])[];
  /** How often anything was noted. */
  readonly total: () => number;
  /** How many kinds were too rare to be kept. */
  readonly dropped: () => number;
}

const ONE_IN = 2_000;

export function frequent<T>(detailOf: () => T): Frequent<T> {
  /** `missed`: at most so often it may have come before. */
  const kept = new Map<string, Seen<T> & { readonly missed: number }>();
  let [total, dropped] = [0, 0];
  const prune = (bucket: number): void => {
    for (const [label, { count, missed }] of kept) if (count + missed <= bucket && kept.delete(label)) dropped++;
  };
  return {
    note: (label, day) => {
      const bucket = Math.floor(total++ / ONE_IN);
      let seen = kept.get(label);
      if (seen === undefined) {
        seen = { count: 0, days: new Set(), detail: detailOf(), missed: bucket };
        kept.set(label, seen);
      }
      seen.count++;
      seen.days.add(day);
      if (total % ONE_IN === 0) prune(bucket + 1);
      return seen.detail;
    },
    entries: () => [...kept].sort(([a, x], [b, y]) => y.count - x.count || (a < b ? -1 : 1)),
    total: () => total,
    dropped: () => dropped,
  };
}
