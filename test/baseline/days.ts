import { DAY_MS } from "../../src/baseline/counts.ts";
import { afterDay, emptyHistory } from "../../src/baseline/learn.ts";
import { pastOf, type Past } from "../../src/baseline/past.ts";
import type { History } from "../../src/memory/history.ts";
import { hash32 } from "../../src/memory/pairs.ts";
import type { Hit } from "../../src/memory/window.ts";

/** One call: seconds after midnight, and the target's number. */
export type Entry = readonly [second: number, target: number];

/** A Monday. */
export const FIRST_DAY = 20_780;

export function hitsOn(day: number, entries: readonly Entry[]): readonly Hit[] {
  return entries
    .map(([second, target], at) => ({
      timeMs: day * DAY_MS + second * 1000,
      target: hash32(`role ${target}`),
      moment: at + 1,
    }))
    .sort((a, b) => a.timeMs - b.timeMs || a.target - b.target || a.moment - b.moment);
}

export function pastFor(history: History, day: number, falseAlarmsPerMonth = 1, inventory = 0): Past {
  return pastOf(history, "v", { day, inventory, falseAlarmsPerMonth, subjects: 2, newTargets: new Set() });
}

/** What was learned of so many days, each told by its number from 0 on; a day is judged by the days before it. */
export function learned(
  days: number,
  entriesOf: (day: number) => readonly Entry[],
): { readonly history: History; readonly next: number } {
  let history = emptyHistory();
  for (let day = 0; day < days; day++) {
    const at = FIRST_DAY + day;
    const hits = [...(day === 0 ? [] : hitsOn(at - 1, entriesOf(day - 1))), ...hitsOn(at, entriesOf(day))];
    history = afterDay(history, pastFor(history, at), at, hits, 0);
  }
  return { history, next: FIRST_DAY + days };
}
