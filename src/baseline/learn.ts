import type { DayProfile, History } from "../memory/history.ts";
import { noPairs } from "../memory/pairs.ts";
import type { Hit } from "../memory/window.ts";
import { countedWindows, DAY_MS, hourOf, MEASURES, SPANS_MS, sumsName, windowsADay, type Counted } from "./counts.ts";
import { habitsAfter, habitsOf, settledShare, soonerThanEver } from "./habits.ts";
import { recent, type Past } from "./past.ts";
import { beyondLimit, hurryAmong } from "./unusual.ts";

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
  const windows = SPANS_MS.flatMap((spanMs) => countedWindows(hits, dayMs, spanMs, null));
  const beyond = new Set(beyondLimit(windows, MEASURES, past).map(({ window }) => window));
  const sooner = soonerThanEver(past.habits, hits, dayMs, null);
  const hurried = new Set(hurryAmong(sooner, past)?.hits);
  const comparable = hurried.size === 0 && settledShare(past.habits, hits, dayMs) >= SETTLED_SHARE;
  const alarmed = new Set(hurried);
  for (const window of beyond) if (window.spanMs < DAY_MS) for (const hit of window.hits) alarmed.add(hit);
  const ordinary = hits.filter((hit) => hit.timeMs >= dayMs && !alarmed.has(hit));
  const profile: DayProfile = {
    calls: hits.filter(({ timeMs }) => timeMs >= dayMs).length,
    inventory,
    sooner: comparable ? new Set(sooner.map(({ target }) => target)).size : null,
    hours: Object.fromEntries(
      SPANS_MS.flatMap((spanMs) =>
        rows(
          windows.filter((window) => window.spanMs === spanMs),
          spanMs,
          beyond,
        ),
      ),
    ),
  };
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

/** A day's sums over its windows of one length, less those that are `beyond` their limit. */
function rows(
  windows: readonly Counted[],
  spanMs: number,
  beyond: ReadonlySet<Counted>,
): readonly [string, readonly number[]][] {
  return MEASURES.map((measure) => {
    const row = Array.from({ length: 24 * 4 }, () => 0);
    const add = (at: number, number: number): void => {
      row[at] = (row[at] ?? 0) + number;
    };
    for (let window = 1; window <= windowsADay(spanMs); window++) add(4 * hourOf({ endMs: (window * spanMs) / 2 }), 1);
    for (const window of windows) {
      const at = 4 * hourOf(window);
      if (beyond.has(window)) {
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
