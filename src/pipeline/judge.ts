import { FLOOR } from "../baseline/past.ts";
import type { Baseline } from "../config/baseline.ts";
import type { Call, ControlEvent, Use } from "../trail/call.ts";
import type { Detector, Finding } from "../detectors/detector.ts";
import { judgeEvents, judgeFacets, judgeWindows, type Conclusions } from "../engine/conclude.ts";
import { callsIn, sortCopies } from "../engine/join-copies.ts";
import { freshIn, note, type TouchedFacets, type TouchedSlice } from "../engine/note.ts";
import type { Cell, CellKey } from "../memory/cell.ts";
import { alertId } from "../alerts/identity.ts";
import { holdsOwn } from "../memory/window.ts";
import type { Pairs } from "../memory/pairs.ts";
import type { Elsewhere } from "../outbound/sighting.ts";
import { historian, type Historian } from "./historian.ts";
import type { Incident } from "../tenants/incident.ts";
import type { Store } from "../stores/store.ts";
import type { Vendor } from "../outbound/vendor.ts";

/** What judging needs: immutable inputs, and memory. */
export interface Court {
  readonly vendor: Vendor;
  readonly detectors: readonly Detector[];
  readonly store: Store;
  /** What is usual, where it is not to be learned from memory. */
  readonly baseline?: Baseline | null;
  /** Keeps what it has made of the past; absent: made anew for each batch. */
  readonly historian?: Historian;
}

/** An alert's identity and what it is made of so far, as the store has joined it. */
export interface Verdict {
  readonly id: string;
  readonly detector: Detector;
  readonly identity: Pick<Finding, "subject" | "tenant" | "dayMs">;
  readonly evidence: Finding["evidence"];
}

/** What judging a batch came to. */
export interface Judged {
  readonly verdicts: readonly Verdict[];
  /** Calls that were none of the outbound roles' business, by why; each by the hash of its key. */
  readonly elsewhere: ReadonlyMap<Elsewhere, Pairs>;
}

/** What waits to be judged together, later, from memory alone: a replay does so once, at its end. */
export interface Postponed {
  readonly facets: Map<CellKey, TouchedFacets>;
  readonly slices: Map<CellKey, TouchedSlice>;
}

/** Decoded events, in any order. */
export interface Batch {
  readonly calls: Iterable<Call>;
  readonly changes: readonly ControlEvent[];
  /** What else the sessions of watched roles did; left out: nothing. */
  readonly uses?: readonly Use[];
  /** What the vendor's desk met with; left out: nothing. */
  readonly incidents?: readonly Incident[];
}

/**
 * Judges a batch: joins copies, merges what is to be remembered, judges what memory then holds, and merges the
 * evidence. Every write is a join, so a batch that fails half-way is simply judged again. With `postponed`, what is
 * judged from memory is not judged now but left there for `judgePostponed`.
 */
export async function judge(
  { calls, changes, uses = [], incidents = [] }: Batch,
  court: Court,
  postponed?: Postponed,
): Promise<Judged> {
  const { vendor, detectors, store } = court;
  const { whole, partial } = sortCopies(calls);
  const joined = partial.size === 0 ? [] : callsIn(await store.merge(partial));

  const noted = note([...whole, ...joined], [...uses, ...changes], vendor, detectors);
  const fresh = postponed === undefined ? freshIn(noted) : null;
  const merged = noted.deltas.size === 0 ? noted.deltas : await store.merge(noted.deltas);
  const conclusions: Conclusions = new Map();
  judgeEvents(conclusions, noted.sightings, changes, incidents, vendor, detectors);
  if (postponed === undefined) {
    const pasts = await historianOf(court).pastsOf([...noted.facets, ...numerous(noted.slices, merged)]);
    judgeFacets(conclusions, noted.facets, merged, pasts, vendor, detectors);
    judgeWindows(conclusions, noted.slices, merged, fresh, pasts, vendor, detectors);
  } else {
    for (const place of noted.facets) postponed.facets.set(place.key, place);
    for (const place of noted.slices) postponed.slices.set(place.key, place);
  }
  return { verdicts: await recorded(conclusions, store), elsewhere: noted.elsewhere };
}

/** So many places are judged at a time, so that a year's memory is never in hand at once. */
const AT_ONCE = 500;

/** Judges what was left for later, over everything that memory holds of it by now. */
export async function judgePostponed({ facets, slices }: Postponed, court: Court): Promise<readonly Verdict[]> {
  const { vendor, detectors, store } = court;
  const conclusions: Conclusions = new Map();
  const { pastsOf } = historianOf(court);
  for (const some of inParts([...facets.values()])) {
    const memory = await store.recall(some.map(({ key }) => key));
    judgeFacets(conclusions, some, memory, await pastsOf(some), vendor, detectors);
  }
  for (const some of inParts([...slices.values()])) {
    const memory = await store.recall(some.map(({ key }) => key));
    const pasts = await pastsOf(numerous(some, memory));
    judgeWindows(conclusions, some, memory, null, pasts, vendor, detectors);
  }
  return recorded(conclusions, store);
}

/**
 * The slices that hold enough for their numbers to be judged: of the others nobody need know the past. Least of all of
 * the next day's, which hold this day's calls as what was before: the past of a day is made when that day has come, and
 * the day that it newly knows is sealed.
 */
function numerous(slices: readonly TouchedSlice[], memory: ReadonlyMap<CellKey, Cell>): readonly TouchedSlice[] {
  return slices.filter(({ key, lengthMs }) => {
    const cell = memory.get(key);
    return cell?.kind === "window" && holdsOwn({ members: cell.value, lengthMs }, FLOOR);
  });
}

function historianOf(court: Court): Historian {
  return court.historian ?? historian(court);
}

function* inParts<T>(places: readonly T[]): Generator<readonly T[]> {
  for (let start = 0; start < places.length; start += AT_ONCE) yield places.slice(start, start + AT_ONCE);
}

/** Merges the evidence into the store, under the ids of the alerts that it makes. */
async function recorded(conclusions: Conclusions, store: Store): Promise<readonly Verdict[]> {
  if (conclusions.size === 0) return [];
  const found = [...conclusions.values()].map(({ detector, finding }) => ({
    id: alertId({ ...finding, detector: detector.id, version: detector.version }),
    detector,
    finding,
  }));
  const deltas = found.map(({ id, finding }): [CellKey, Cell] => [
    evidenceKey(id),
    { kind: "evidence", value: finding.evidence },
  ]);
  const joined = await store.merge(new Map(deltas));
  const verdicts = found.map(({ id, detector, finding }) => {
    const cell = joined.get(evidenceKey(id));
    const { subject, tenant, dayMs } = finding;
    const evidence = cell?.kind === "evidence" ? cell.value : finding.evidence;
    return { id, detector, identity: { subject, tenant, dayMs }, evidence };
  });
  return withSamples(verdicts, store);
}

/** The verdicts as memory holds their evidence by now, which is more than it was when they were found. */
export async function asRemembered(
  found: Iterable<Omit<Verdict, "evidence">>,
  store: Store,
): Promise<readonly Verdict[]> {
  const all = [...found];
  const cells = await store.recall(all.map(({ id }) => evidenceKey(id)));
  const verdicts = all.flatMap(({ id, detector, identity }) => {
    const cell = cells.get(evidenceKey(id));
    return cell?.kind === "evidence" ? [{ id, detector, identity, evidence: cell.value }] : [];
  });
  return withSamples(verdicts, store);
}

/**
 * The verdicts with the calls that their windows were sampled by, as memory holds them now: what is read when an alert
 * is told, and never stored with it, is the same whenever the alert was found.
 */
async function withSamples(verdicts: readonly Verdict[], store: Store): Promise<readonly Verdict[]> {
  const keys = new Set(verdicts.flatMap(({ evidence }) => [...evidence.sampledIn]));
  if (keys.size === 0) return verdicts;
  const cells = await store.recall([...keys]);
  return verdicts.map((verdict) => {
    const samples = new Map(verdict.evidence.samples);
    for (const key of verdict.evidence.sampledIn) {
      const cell = cells.get(key);
      if (cell?.kind === "facets") for (const [label, facet] of cell.value) samples.set(key + label, facet);
    }
    return { ...verdict, evidence: { ...verdict.evidence, samples } };
  });
}

/** Where the evidence of an alert is kept. */
function evidenceKey(id: string): CellKey {
  return `alert/${id}`;
}
