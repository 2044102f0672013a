import type { Alert } from "../alerts/alert.ts";
import { addPair, hash32, noPairs } from "../memory/pairs.ts";
import type { Document } from "../sources/source.ts";
import { readAhead } from "../sources/source.ts";
import type { Call, ControlEvent } from "../trail/call.ts";
import type { Store } from "../stores/store.ts";
import { evidenceKey, judge, judgePostponed, type Postponed, type Verdict } from "./judge.ts";
import { alertOf } from "./notify.ts";
import { addTally, count, emptyTally, readBody, reject, type Tally } from "./read.ts";
import { decodingAt, type Settings } from "./settings.ts";

export interface ReplayOptions {
  readonly settings: Settings;
  readonly store: Store;
  /** Epoch milliseconds: nothing that claims to be later is believed. */
  readonly nowMs: number;
  /** Only events from `sinceMs` on and before `untilMs`, in epoch milliseconds. */
  readonly sinceMs: number | null;
  readonly untilMs: number | null;
  /** Told after each document. */
  readonly onProgress: (documents: number, records: number) => void;
}

export interface Replayed {
  readonly alerts: readonly Alert[];
  readonly summary: Summary;
}

/** What a replay has read and done. Everything that went in is in one of these. */
export interface Summary {
  readonly documents: number;
  readonly unreadableDocuments: number;
  /** Records, what was skipped by reason, what was rejected. */
  readonly tally: Tally;
  /** Role assumptions read, copies and redeliveries included. */
  readonly calls: number;
  /** Of those: further copies and redeliveries of calls already seen. */
  readonly duplicates: number;
  readonly changes: number;
}

/** Enough calls to make memory worth asking, few enough to hold. */
const CALLS_AT_ONCE = 2_000;

/**
 * Runs the live engine over documents of the past. Windows are judged once, at the end; as memory only grows, that
 * gives the alerts that judging them all the way would have given.
 */
export async function replay(documents: Iterable<Document>, options: ReplayOptions): Promise<Replayed> {
  const court = { ...options.settings, store: options.store };
  const decoding = decodingAt(options.settings, options.nowMs);
  const tally = emptyTally();
  const postponed: Postponed = new Map();
  const verdicts = new Map<string, Verdict>();
  const seen = noPairs();
  let [read, unreadable, calls, changes] = [0, 0, 0, 0];
  let batch: { calls: Call[]; changes: ControlEvent[] } = { calls: [], changes: [] };

  const flush = async (): Promise<void> => {
    const { verdicts: found, elsewhere } = await judge(batch, court, postponed);
    for (const verdict of found) verdicts.set(verdict.id, verdict);
    for (const [reason, howMany] of elsewhere) count(tally, reason, howMany);
    batch = { calls: [], changes: [] };
  };
  const within = ({ timeMs }: Call | ControlEvent): boolean =>
    (options.sinceMs === null || timeMs >= options.sinceMs) && (options.untilMs === null || timeMs < options.untilMs);

  for await (const document of readAhead(documents)) {
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
        addPair(seen, hash32(call.key), hash32(`${call.key}.`));
        batch.calls.push(call);
      }
    }
    const wanted = reading.changes.filter(within);
    changes += wanted.length;
    if (wanted.length < reading.changes.length)
      count(tally, "outside the time asked for", reading.changes.length - wanted.length);
    batch.changes.push(...wanted);
    if (batch.calls.length >= CALLS_AT_ONCE) await flush();
    options.onProgress(read, tally.records);
  }
  await flush();
  for (const verdict of await judgePostponed(postponed, court)) verdicts.set(verdict.id, verdict);
  const summary = {
    documents: read,
    unreadableDocuments: unreadable,
    tally,
    calls,
    duplicates: calls - seen.size,
    changes,
  };
  return { alerts: await told(verdicts, options), summary };
}

/** The alerts of all verdicts, each from its evidence as it is in the end. */
async function told(verdicts: ReadonlyMap<string, Verdict>, options: ReplayOptions): Promise<readonly Alert[]> {
  const cells = await options.store.recall([...verdicts.keys()].map(evidenceKey));
  return [...verdicts.values()].map((verdict) => {
    const cell = cells.get(evidenceKey(verdict.id));
    return alertOf(cell?.kind === "evidence" ? { ...verdict, evidence: cell.value } : verdict, options.settings);
  });
}
