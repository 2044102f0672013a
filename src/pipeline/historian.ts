import { DAY_MS, hitsOfOld } from "../baseline/counts.ts";
import { afterDay, afterNames, emptyHistory } from "../baseline/learn.ts";
import { unlearnedShapes } from "../baseline/names.ts";
import type { Baseline } from "../config/baseline.ts";
import { DAYS_KEPT, LEARNING_DAYS, pastOf, type Past } from "../baseline/past.ts";
import type { Detector, FacetsMemo, WindowMemo } from "../detectors/detector.ts";
import type { Pasts } from "../engine/conclude.ts";
import { daysKey, facetsKey, sliceKey, type TouchedFacets, type TouchedSlice } from "../engine/note.ts";
import { decodeCell, encodeCell, type Cell, type CellKey, type Facet } from "../memory/cell.ts";
import type { History } from "../memory/history.ts";
import { hash32 } from "../memory/pairs.ts";
import { versionOf } from "../memory/version.ts";
import type { Vendor } from "../outbound/vendor.ts";
import { withoutPath } from "../trail/arn.ts";
import type { Store } from "../stores/store.ts";

/**
 * Knows the past. A day is judged by what the days before it taught, up to the one that ended a day earlier: by then what
 * is late has come, so that all workers, and a replay, learn the same from it. What a day is judged by is written down once
 * and never changes; it is made of the day's before and of the one newly sealed day.
 */
export interface Historian {
  /** By the places' keys; of subjects that learn nothing, or of which nothing is known, there is none. */
  readonly pastsOf: (places: readonly (TouchedFacets | TouchedSlice)[]) => Promise<Pasts>;
  /** What is known of a subject once its day `lastDay` and all before it are sealed. */
  readonly historyAfter: (memo: string, subject: string, lastDay: number) => Promise<History>;
  /** The outbound roles that were asked for and are not judged by their past yet: `arn:…: 1 of 3 days`. Sorted. */
  readonly learning: () => readonly string[];
}

/** One subject's line of histories, a day each. */
interface Line {
  readonly memo: FacetsMemo | WindowMemo;
  readonly subject: string;
  /** Days before this one teach nothing; 0: all do. */
  readonly sinceDay: number;
}

/** Between the end of a day and the first day that is judged by it. */
const SEALING_DAYS = 2;
/** Customers who came so recently have no past. */
const NEW_DAYS = 2;
/** So many pasts are kept at hand. */
const KEPT = 400;

export function historian({
  vendor,
  detectors,
  store,
  baseline = null,
}: {
  readonly vendor: Vendor;
  readonly detectors: readonly Detector[];
  readonly store: Store;
  /** Every day is judged by it, nothing is learned beside it, and no history is written; null: learned from the days before. */
  readonly baseline?: Baseline | null;
}): Historian {
  const memos = new Map(
    detectors.flatMap((detector) =>
      "remembers" in detector && detector.remembers.learns !== undefined
        ? [[detector.remembers.name, detector.remembers] as const]
        : [],
    ),
  );
  const subjects = Math.max(1, vendor.outboundRoles.size) * Math.max(1, memos.size);
  const known = new Map<CellKey, Past>();
  /** Days known of each subject, on the latest day that was asked for. */
  const standing = new Map<string, { readonly day: number; readonly days: number }>();

  const lineOf = (memo: Line["memo"], subject: string): Line => {
    const sinceMs = vendor.outboundRoles.get(withoutPath(subject))?.learnSinceMs ?? 0;
    return { memo, subject, sinceDay: Math.floor(sinceMs / DAY_MS) };
  };

  const presented = (history: History, day: number): Past => {
    const endMs = (day + 1) * DAY_MS;
    const recent = (vendor.registry?.roles ?? []).filter(({ sinceMs }) => (sinceMs ?? 0) > (day - NEW_DAYS) * DAY_MS);
    return pastOf(history, baseline?.version ?? versionOf(encodeCell({ kind: "history", value: history })), {
      day,
      inventory: vendor.registry?.inventory(endMs) ?? 0,
      falseAlarmsPerMonth: vendor.falseAlarmsPerMonth,
      subjects,
      newTargets: new Set(recent.map(({ roleArn }) => hash32(roleArn))),
    });
  };

  /** History for a day from those of the two days before, and the day that is sealed by then. */
  const next = (line: Line, day: number, before: History, atSealed: History, sealed: Cell | undefined): History => {
    const sealedDay = day - SEALING_DAYS;
    if (sealedDay < line.sinceDay) return before;
    if (sealed === undefined && before.profiles.size + before.names.size === 0) return before;
    const past = presented(atSealed, sealedDay);
    if (line.memo.learns === "labels") {
      const shapes: ReadonlyMap<string, Facet> = sealed?.kind === "facets" ? sealed.value : new Map<string, Facet>();
      const { sessionNames = null } = vendor.outboundRoles.get(withoutPath(line.subject)) ?? {};
      const whose = { promised: sessionNames?.templates ?? null, registry: vendor.registry };
      return afterNames(before, sealedDay, shapes, unlearnedShapes(shapes, past, whose));
    }
    const members = sealed?.kind === "window" ? sealed.value : null;
    const window = { lengthMs: DAY_MS, startMs: sealedDay * DAY_MS, members };
    const hits = members === null ? [] : hitsOfOld({ ...window, members }, past.newTargets);
    return afterDay(before, past, sealedDay, hits, vendor.registry?.inventory((sealedDay + 1) * DAY_MS) ?? 0);
  };

  /** Reads the history for a day, or makes it from the latest that was written down, and writes down what it makes. */
  const historyAt = async (line: Line, day: number): Promise<History> => {
    if (baseline !== null) return baseline.historyOf(line.memo.name, line.subject);
    const seen = daysKey(line.memo.name, line.subject);
    const near = await store.recall([seen, ...[day - 2, day - 1, day].map((at) => historyKey(line, at))]);
    const ready = historyIn(near, historyKey(line, day));
    if (ready !== undefined) return ready;
    const first = firstDay(near.get(seen), Math.max(day - DAYS_KEPT, line.sinceDay));
    if (first > day - SEALING_DAYS) return emptyHistory();
    const days = range(first, day);
    const stored = near.has(historyKey(line, day - 1))
      ? near
      : await store.recall(days.map((at) => historyKey(line, at)));
    return written(line, day, days, stored);
  };

  /** Goes on from the latest of the stored histories, day by day. */
  const written = async (line: Line, day: number, days: readonly number[], stored: ReadonlyMap<CellKey, Cell>) => {
    const made = new Map(
      days.flatMap((at) => {
        const history = historyIn(stored, historyKey(line, at));
        return history === undefined ? [] : [[at, history] as const];
      }),
    );
    const missing = range(Math.max((days[0] ?? day) - 1, ...made.keys()) + 1, day);
    const sealed = await store.recall(missing.map((at) => sealedKey(line, at - SEALING_DAYS)));
    const deltas = new Map<CellKey, Cell>();
    for (const at of missing) {
      const before = made.get(at - 1) ?? emptyHistory();
      const atSealed = made.get(at - SEALING_DAYS) ?? emptyHistory();
      const history = next(line, at, before, atSealed, sealed.get(sealedKey(line, at - SEALING_DAYS)));
      made.set(at, history);
      if (history !== before) deltas.set(historyKey(line, at), copyOf({ kind: "history", value: history }));
    }
    if (deltas.size === 0) return emptyHistory();
    return historyIn(await store.merge(deltas), historyKey(line, day)) ?? emptyHistory();
  };

  return {
    pastsOf: async (places) => {
      const pasts = new Map<CellKey, Past>();
      for (const place of places) {
        const memo = memos.get(place.memo);
        const day = "slice" in place ? (place.lengthMs === DAY_MS ? place.slice : null) : place.day;
        if (memo === undefined || day === null) continue;
        const line = lineOf(memo, place.subject);
        const key = historyKey(line, day);
        const past = known.get(key) ?? presented(await historyAt(line, day), day);
        if (known.size >= KEPT) known.delete(known.keys().next().value ?? "");
        known.set(key, past);
        const days = Math.max(past.days, past.names.size);
        const stood = standing.get(place.subject);
        if (vendor.outboundRoles.has(withoutPath(place.subject)) && (stood?.day ?? 0) <= day) {
          standing.set(place.subject, { day, days: stood?.day === day ? Math.min(stood.days, days) : days });
        }
        if (past.days + past.names.size > 0) pasts.set(place.key, past);
      }
      return pasts;
    },
    historyAfter: (name, subject, lastDay) => {
      const memo = memos.get(name);
      return memo === undefined
        ? Promise.resolve(emptyHistory())
        : historyAt(lineOf(memo, subject), lastDay + SEALING_DAYS);
    },
    learning: () =>
      [...standing]
        .filter(([, { days }]) => days < LEARNING_DAYS)
        .map(([subject, { days }]) => `${subject}: ${days} of ${LEARNING_DAYS} days`)
        .sort(),
  };
}

function historyIn(cells: ReadonlyMap<CellKey, Cell>, key: CellKey): History | undefined {
  const cell = cells.get(key);
  return cell?.kind === "history" ? cell.value : undefined;
}

/** The first day on which the subject was seen, but none before `earliest`; infinite where it never was. */
function firstDay(seen: Cell | undefined, earliest: number): number {
  const days = seen?.kind === "marks" ? [...seen.value].map(Number) : [];
  return Math.max(earliest, Math.min(...days));
}

/** Whole numbers from the first to the last, both included. */
function range(first: number, last: number): readonly number[] {
  return Array.from({ length: Math.max(0, last - first + 1) }, (_, at) => first + at);
}

/** A copy that the store may keep and change: histories share the days that they have in common. */
function copyOf(cell: Cell): Cell {
  return decodeCell(encodeCell(cell));
}

/** What is learned anew from some day on is another history. */
function historyKey({ memo, subject, sinceDay }: Line, day: number): CellKey {
  const since = sinceDay === 0 ? "" : `since-${sinceDay}/`;
  return `history/${memo.name}/${since}${day}/${subject}`;
}

/** Where the day that is to be learned from is remembered. */
function sealedKey({ memo, subject }: Line, day: number): CellKey {
  return memo.learns === "labels"
    ? facetsKey({ memo: memo.name, subject, day })
    : sliceKey({ memo: memo.name, subject, lengthMs: DAY_MS, slice: day });
}
