import type { Alert } from "../alerts/alert.ts";
import type { Call } from "../trail/call.ts";
import { noPairs, pairs, type Pairs } from "../memory/pairs.ts";
import { memoryStore } from "../stores/memory.ts";
import type { Store } from "../stores/store.ts";
import type { Found, Gathered } from "./gather.ts";
import { historian } from "./historian.ts";
import { asRemembered, judge, judgePostponed, type Postponed } from "./judge.ts";
import { alertOf } from "./alert-of.ts";
import { addTally, count, emptyTally, type Tally } from "./read.ts";
import type { Settings } from "./settings.ts";

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
  /** What was not judged by its past up to the end, see `Historian`. */
  readonly learning: readonly string[];
  /** What else the sessions of watched roles did, redeliveries included. */
  readonly uses: number;
}

/**
 * Joins what was gathered into one memory and judges it. Windows and other memory are judged here, once; as memory only
 * grows, that gives the alerts that judging it all the way would have given, however the documents were shared out. Where
 * no store is to outlive the replay, the first share's memory takes the others in.
 */
export async function settle(
  shares: readonly [Gathered, ...Gathered[]],
  settings: Settings,
  lasting: Store | null,
): Promise<Replayed> {
  const store = lasting ?? memoryStore(shares[0].cells);
  const court = { ...settings, store, historian: historian({ ...settings, store }) };
  const postponed: Postponed = { facets: new Map(), slices: new Map() };
  const found = new Map<string, Found>();
  const partial: Call[] = [];
  for (const share of shares) {
    for (const cell of share.cells.values()) if (cell.kind === "call") partial.push(cell.value);
    if (lasting !== null || share !== shares[0]) await store.merge(share.cells);
    for (const [key, place] of share.postponed.facets) postponed.facets.set(key, place);
    for (const [key, place] of share.postponed.slices) postponed.slices.set(key, place);
    for (const [id, alert] of share.found) found.set(id, alert);
  }
  // Copies of one call that two shares, or an earlier replay, hold a part of each are a whole call only now.
  const { verdicts } = await judge({ calls: partial, changes: [] }, court, postponed);
  for (const verdict of [...verdicts, ...(await judgePostponed(postponed, court))]) {
    found.set(verdict.id, { detector: verdict.detector.id, identity: verdict.identity });
  }
  return {
    alerts: await alertsOf(found, settings, store),
    summary: { ...summaryOf(shares), learning: court.historian.learning() },
  };
}

/** The alerts, each from its evidence as it is in the end. */
async function alertsOf(
  found: ReadonlyMap<string, Found>,
  settings: Settings,
  store: Store,
): Promise<readonly Alert[]> {
  const byId = new Map(settings.detectors.map((detector) => [detector.id, detector]));
  const verdicts = [...found].flatMap(([id, { detector: name, identity }]) => {
    const detector = byId.get(name);
    return detector === undefined ? [] : [{ id, detector, identity }];
  });
  return (await asRemembered(verdicts, store)).map((verdict) => alertOf(verdict, settings)).sort(byTime);
}

function byTime(a: Alert, b: Alert): number {
  return Date.parse(a.firstSeen) - Date.parse(b.firstSeen) || (a.id < b.id ? -1 : 1);
}

function summaryOf(shares: readonly Gathered[]): Omit<Summary, "learning"> {
  const tally = emptyTally();
  let seen = noPairs();
  const elsewhere = new Map<string, Pairs>();
  let [documents, unreadableDocuments, calls, changes, uses] = [0, 0, 0, 0, 0];
  for (const share of shares) {
    addTally(tally, share.tally, "");
    seen = pairs.join(seen, share.seen);
    for (const [why, own] of share.elsewhere) elsewhere.set(why, pairs.join(elsewhere.get(why) ?? noPairs(), own));
    documents += share.documents;
    unreadableDocuments += share.unreadableDocuments;
    calls += share.calls;
    changes += share.changes;
    uses += share.uses;
  }
  for (const [why, own] of elsewhere) count(tally, why, own.size);
  return { documents, unreadableDocuments, tally, calls, duplicates: calls - seen.size, changes, uses };
}
