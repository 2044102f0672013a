import type { Call, TrailEvent } from "../trail/call.ts";
import { DAY_MS } from "../baseline/counts.ts";
import type { Cell, CellKey, CellValue } from "../memory/cell.ts";
import { addPair, hash32, noPairs, type Pairs } from "../memory/pairs.ts";
import { countable, freshOf, noteCall, noteSample, sliceAt, stretchAt, type Fresh } from "../memory/window.ts";
import type { Detector, FacetNote } from "../detectors/detector.ts";
import type { Place } from "../ranges/place.ts";
import { sight, type Elsewhere, type Sighting } from "../outbound/sighting.ts";
import { sightUse, type SightedUse } from "../outbound/use.ts";
import type { Vendor } from "../outbound/vendor.ts";

/** One subject's facets that this batch has added to. `memo` names what was remembered, and so who judges it. */
export interface TouchedFacets {
  readonly key: CellKey;
  readonly memo: string;
  readonly subject: string;
  /** Number of the UTC day since the epoch, where the subject is remembered by days. */
  readonly day: number | null;
}

/** One slice's cell that this batch has added to. */
export interface TouchedSlice extends Omit<TouchedFacets, "day"> {
  readonly lengthMs: number;
  readonly slice: number;
}

/** What a batch adds to memory, and what is to be judged once memory has joined it. */
export interface Noted {
  readonly sightings: readonly Sighting[];
  readonly deltas: Map<CellKey, Cell>;
  readonly facets: readonly TouchedFacets[];
  readonly slices: readonly TouchedSlice[];
  /** Calls that are none of the outbound roles' business: (1, call), so that a copy more changes nothing. */
  readonly elsewhere: ReadonlyMap<Elsewhere, Pairs>;
}

export function sliceKey({ memo, lengthMs, slice, subject }: Omit<TouchedSlice, "key">): CellKey {
  return `${memo}/${lengthMs / 1000}/${slice}/${subject}`;
}

/** Where a subject's facets are kept; `day` where it is remembered by days. */
export function facetsKey({ memo, subject, day }: Omit<TouchedFacets, "key">): CellKey {
  return day === null ? `${memo}/${subject}` : `${memo}/${day}/${subject}`;
}

/** Where it is remembered on which days a subject that learns was seen at all, so that its past need not be searched for. */
export function daysKey(memo: string, subject: string): CellKey {
  return `days/${memo}/${subject}`;
}

function noteDay(deltas: Map<CellKey, Cell>, memo: string, subject: string, day: number): void {
  const key = daysKey(memo, subject);
  const known = deltas.get(key);
  if (known?.kind === "marks") known.value.add(String(day));
  else deltas.set(key, { kind: "marks", value: new Set([String(day)]) });
}

/** Where a few calls of each stretch of a window's time are kept, so that an alert can name those it is about. */
export function sampleKey(memo: string, subject: string, timeMs: number): CellKey {
  return `${memo}-sampled/${stretchAt(timeMs)}/${subject}`;
}

/** Sights every call and every other event, and notes what the detectors want remembered of it. */
export function note(
  calls: Iterable<Call>,
  others: Iterable<TrailEvent>,
  vendor: Vendor,
  detectors: readonly Detector[],
): Noted {
  const sightings: Sighting[] = [];
  const uses: SightedUse[] = [];
  const elsewhere = new Map<Elsewhere, Pairs>();
  const use = (event: TrailEvent, place?: Place): void => {
    const sighted = sightUse(event, vendor, place);
    if (sighted !== undefined) uses.push(sighted);
  };
  for (const event of others) use(event);
  for (const call of calls) {
    const sighting = sight(call, vendor);
    use(call, typeof sighting === "string" ? undefined : sighting.place);
    if (typeof sighting !== "string") sightings.push(sighting);
    else {
      const counted = elsewhere.get(sighting) ?? noPairs();
      addPair(counted, 1, hash32(call.key));
      elsewhere.set(sighting, counted);
    }
  }
  const deltas = new Map<CellKey, Cell>();
  const facets = noteFacets(sightings, uses, vendor, detectors, deltas);
  const slices = noteSlices(sightings, vendor, detectors, deltas);
  return { sightings, deltas, facets, slices, elsewhere };
}

function noteFacets(
  sightings: readonly Sighting[],
  uses: readonly SightedUse[],
  vendor: Vendor,
  detectors: readonly Detector[],
  deltas: Map<CellKey, Cell>,
): readonly TouchedFacets[] {
  const touched: TouchedFacets[] = [];
  const judges = detectors.filter((detector) => detector.judges === "facets");
  for (const memo of new Set(judges.map(({ remembers }) => remembers))) {
    const values = new Map<CellKey, CellValue<"facets">>();
    const add = (noted: FacetNote | undefined, event: TrailEvent): void => {
      if (noted === undefined) return;
      const day = noted.dayMs === undefined ? null : sliceAt(noted.dayMs, DAY_MS);
      const place = { memo: memo.name, subject: noted.subject, day };
      const key = facetsKey(place);
      let value = values.get(key);
      if (value === undefined) {
        value = new Map();
        values.set(key, value);
        deltas.set(key, { kind: "facets", value });
        touched.push({ ...place, key });
        if (memo.learns !== undefined && day !== null) noteDay(deltas, memo.name, noted.subject, day);
      }
      noteSample(value, noted.label, event);
    };
    for (const sighting of sightings) add(memo.note(sighting, vendor), sighting.call);
    if (memo.noteUse !== undefined) for (const use of uses) add(memo.noteUse(use, vendor), use.event);
  }
  return touched;
}

/** A subject's open cells: those that its last call went into, and where the next one nearly always goes too. */
interface Open {
  readonly slice: number;
  readonly own: Pairs;
  readonly next: Pairs;
  readonly stretch: number;
  readonly sampled: CellValue<"facets">;
}

/** Each call goes into the cell of its slice and, as what was before, into that of the next one. */
function noteSlices(
  sightings: readonly Sighting[],
  vendor: Vendor,
  detectors: readonly Detector[],
  deltas: Map<CellKey, Cell>,
): readonly TouchedSlice[] {
  const touched: TouchedSlice[] = [];
  const judges = detectors.filter((detector) => detector.judges === "window");
  for (const memo of new Set(judges.map(({ remembers }) => remembers))) {
    const cellOf = (subject: string, lengthMs: number, slice: number): Pairs => {
      const place = { memo: memo.name, subject, lengthMs, slice };
      const key = sliceKey(place);
      const known = deltas.get(key);
      if (known?.kind === "window") return known.value;
      const value = noPairs();
      deltas.set(key, { kind: "window", value });
      touched.push({ ...place, key });
      return value;
    };
    const open = new Map<string, Open>();
    for (const sighting of sightings) {
      const noted = memo.note(sighting, vendor);
      if (noted === undefined) continue;
      const { subject, target, lengthMs } = noted;
      const { timeMs } = sighting.call;
      const [slice, stretch] = [sliceAt(timeMs, lengthMs), stretchAt(timeMs)];
      let cells = open.get(subject);
      if (cells?.slice !== slice || cells.stretch !== stretch) {
        if (memo.learns !== undefined && lengthMs === DAY_MS) noteDay(deltas, memo.name, subject, slice);
        const [own, next] = [cellOf(subject, lengthMs, slice), cellOf(subject, lengthMs, slice + 1)];
        cells = { slice, own, next, stretch, sampled: samplesIn(sampleKey(memo.name, subject, timeMs), deltas) };
        open.set(subject, cells);
      }
      const counted = countable(sighting.call, target);
      noteCall(cells.own, counted, slice, lengthMs);
      noteCall(cells.next, counted, slice + 1, lengthMs);
      noteSample(cells.sampled, "", sighting.call);
    }
  }
  return touched;
}

function samplesIn(key: CellKey, deltas: Map<CellKey, Cell>): CellValue<"facets"> {
  const known = deltas.get(key);
  if (known?.kind === "facets") return known.value;
  const value: CellValue<"facets"> = new Map();
  deltas.set(key, { kind: "facets", value });
  return value;
}

/** What is new in each slice. To be asked before the deltas are given away. */
export function freshIn({ slices, deltas }: Noted): ReadonlyMap<CellKey, Fresh> {
  return new Map(
    slices.flatMap(({ key, lengthMs, slice }) => {
      const cell = deltas.get(key);
      if (cell?.kind !== "window") return [];
      return [[key, freshOf({ lengthMs, startMs: slice * lengthMs, members: cell.value })] as const];
    }),
  );
}
