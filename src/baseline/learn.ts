import type { DayProfile, History } from "../memory/history.ts";
import { noPairs } from "../memory/pairs.ts";
import type { Hit } from "../memory/window.ts";
import { countedWindows, DAY_MS, hourOf, MEASURES, SPANS_MS, sumsName, windowsADay } from "./counts.ts";
import { habitsAfter, habitsOf, settledShare, soonerThanEver } from "./habits.ts";
import { recent, type Past } from "./past.ts";
import { beyondLimit, hurry } from "./unusual.ts";

/** How many roles come sooner than ever says something only where most roles have habits. */
const SETTLED_SHARE = 0.5;

export function emptyHistory(): History {
  return { profiles: new Map(), habits: noPairs(), names: new Map(), offNames: new Map() };
}

/**
 * History after one more sealed day. What alarmed that day is kept out, or an attack would be learned: windows beyond
 * their limit are in no sum, and calls that came too soon make no habit. `hits`: of the day and the one before,
 * without the targets that are too new; `past`: what the day was judged by.
 */
export function afterDay(before: History, past: Past, day: number, hits: readonly Hit[], inventory: number): History {
  const dayMs = day * DAY_MS;
  const hurried = new Set(hurry(hits, dayMs, past, null)?.hits);
  const comparable = hurried.size === 0 && settledShare(past.habits, hits, dayMs) >= SETTLED_SHARE;
  const excess = beyondLimit(hits, dayMs, MEASURES, past, null);
  const alarmed = new Set(excess.map(({ window }) => `${window.spanMs}/${window.endMs}`));
  for (const { window } of excess) if (window.spanMs < DAY_MS) for (const hit of window.hits) hurried.add(hit);
  const sooner = comparable
    ? new Set(soonerThanEver(past.habits, hits, dayMs, null).map(({ target }) => target)).size
    : null;
  const profile: DayProfile = {
    calls: hits.filter(({ timeMs }) => timeMs >= dayMs).length,
    inventory,
    sooner,
    hours: Object.fromEntries(SPANS_MS.flatMap((spanMs) => rows(hits, dayMs, spanMs, alarmed))),
  };
  const ordinary = hits.filter((hit) => hit.timeMs >= dayMs && !hurried.has(hit));
  return {
    profiles: recent(before.profiles, day).set(String(day), profile),
    habits: habitsAfter(habitsOf(before.habits), ordinary),
    names: recent(before.names, day),
    offNames: recent(before.offNames, day),
  };
}

/** History after one more sealed day's session names; those that were off what it held are kept apart. */
export function afterNames(
  before: History,
  day: number,
  shapes: ReadonlyMap<string, unknown>,
  off: readonly string[],
): History {
  const names = new Set([...shapes.keys()].filter((shape) => !off.includes(shape)));
  return {
    ...before,
    names: recent(before.names, day).set(String(day), names),
    offNames: recent(before.offNames, day).set(String(day), new Set(off)),
  };
}

function rows(
  hits: readonly Hit[],
  dayMs: number,
  spanMs: number,
  alarmed: ReadonlySet<string>,
): readonly [string, readonly number[]][] {
  const counted = countedWindows(hits, dayMs, spanMs, null);
  return MEASURES.map((measure) => {
    const row = Array.from({ length: 24 * 4 }, () => 0);
    const add = (at: number, number: number): void => {
      row[at] = (row[at] ?? 0) + number;
    };
    for (let window = 1; window <= windowsADay(spanMs); window++) add(4 * hourOf({ endMs: (window * spanMs) / 2 }), 1);
    for (const window of counted) {
      const at = 4 * hourOf(window);
      if (alarmed.has(`${window.spanMs}/${window.endMs}`)) {
        add(at, -1);
        continue;
      }
      const count = window[measure];
      add(at + 1, count);
      add(at + 2, count ** 2);
      row[at + 3] = Math.max(row[at + 3] ?? 0, count);
    }
    return [sumsName(measure, spanMs), row];
  });
}
