import { addPair, hash32, noPairs, pairs, type Pairs } from "../memory/pairs.ts";
import type { Cell, CellKey } from "../memory/cell.ts";
import { readAhead, type Document } from "../sources/source.ts";
import { memoryStore } from "../stores/memory.ts";
import type { Call, ControlEvent, TrailEvent, Use } from "../trail/call.ts";
import { judge, type Postponed, type Verdict } from "./judge.ts";
import { addTally, count, emptyTally, readBody, reject, type Tally } from "./read.ts";
import { decodingAt, type Settings } from "./settings.ts";

export interface GatherOptions {
  readonly settings: Settings;
  /** Epoch milliseconds: nothing that claims to be later is believed. */
  readonly nowMs: number;
  /** Only events from `sinceMs` on and before `untilMs`, in epoch milliseconds. */
  readonly sinceMs: number | null;
  readonly untilMs: number | null;
  /** Once it is aborted no further document is read, and what has been read is judged. */
  readonly signal?: AbortSignal;
  /** Shown all calls that are judged, as they are read: copies and redeliveries too, in no order. */
  readonly onCalls?: (calls: readonly Call[]) => void;
  /** Told after each document: documents and records so far. */
  readonly onProgress: (documents: number, records: number) => void;
}

/**
 * What documents came to: everything in it only grows and joins, so that shares gathered apart, in any order, settle to
 * what one pass over all would have. It is plain data and may cross from one thread to another.
 */
export interface Gathered {
  readonly documents: number;
  readonly unreadableDocuments: number;
  readonly tally: Tally;
  readonly calls: number;
  readonly changes: number;
  readonly uses: number;
  /** Every call once, by two hashes of its key. */
  readonly seen: Pairs;
  /** Calls that were none of the outbound roles' business, each once, by why. */
  readonly elsewhere: ReadonlyMap<string, Pairs>;
  readonly cells: Map<CellKey, Cell>;
  readonly postponed: Postponed;
  /** The alerts found so far, by id; their evidence is among the cells. */
  readonly found: ReadonlyMap<string, Found>;
}

/** An alert's identity without its evidence. */
export type Found = Pick<Verdict, "identity"> & { readonly detector: string };

/** Two hashes of a key tell a billion calls apart. */
const OTHER_SEED = 0x9e3779b9;

/** About a file's worth: enough to make memory worth asking, and few enough to die young in the garbage collector. */
const CALLS_AT_ONCE = 256;

/** Reads documents and judges their events, in a memory of its own; what memory decides is left for `settle`. */
export async function gather(documents: Iterable<Document>, options: GatherOptions): Promise<Gathered> {
  const store = memoryStore();
  const court = { ...options.settings, store };
  const decoding = decodingAt(options.settings, options.nowMs);
  const tally = emptyTally();
  const postponed: Postponed = { facets: new Map(), slices: new Map() };
  const found = new Map<string, Found>();
  const seen = noPairs();
  const away = new Map<string, Pairs>();
  let [read, unreadable, calls, changes, uses] = [0, 0, 0, 0, 0];
  let batch: { calls: Call[]; changes: ControlEvent[]; uses: Use[] } = { calls: [], changes: [], uses: [] };

  const flush = async (): Promise<void> => {
    options.onCalls?.(batch.calls);
    const { verdicts, elsewhere } = await judge(batch, court, postponed);
    for (const { id, detector, identity } of verdicts) found.set(id, { detector: detector.id, identity });
    for (const [reason, own] of elsewhere) away.set(reason, pairs.join(away.get(reason) ?? noPairs(), own));
    batch = { calls: [], changes: [], uses: [] };
  };
  const within = ({ timeMs }: TrailEvent): boolean =>
    (options.sinceMs === null || timeMs >= options.sinceMs) && (options.untilMs === null || timeMs < options.untilMs);

  for await (const document of readAhead(documents)) {
    if (options.signal?.aborted === true) break;
    read++;
    if ("reason" in document) {
      unreadable++;
      reject(tally, document.name, document.reason);
      options.onProgress(read, tally.records);
      continue;
    }
    const reading = readBody(document.bytes, decoding);
    addTally(tally, reading.tally, document.name);
    if (reading.objects.length > 0) count(tally, "pointer to an object", reading.objects.length);
    for (const call of reading.calls) {
      if (!within(call)) count(tally, "outside the time asked for");
      else {
        calls++;
        addPair(seen, hash32(call.key), hash32(call.key, OTHER_SEED));
        batch.calls.push(call);
      }
    }
    for (const change of reading.changes) {
      if (!within(change)) count(tally, "outside the time asked for");
      else {
        changes++;
        batch.changes.push(change);
      }
    }
    for (const use of reading.uses) {
      if (!within(use)) count(tally, "outside the time asked for");
      else {
        uses++;
        batch.uses.push(use);
      }
    }
    if (batch.calls.length + batch.uses.length >= CALLS_AT_ONCE) await flush();
    options.onProgress(read, tally.records);
  }
  await flush();
  return {
    documents: read,
    unreadableDocuments: unreadable,
    tally,
    calls,
    changes,
    uses,
    seen,
    elsewhere: away,
    cells: store.cells,
    postponed,
    found,
  };
}
