import { basename } from "node:path";
import { loadConfig } from "../../src/config/load.ts";
import { DETECTORS } from "../../src/detectors/index.ts";
import { gather, type Gathered } from "../../src/pipeline/gather.ts";
import { decodingAt, settingsFrom, type Settings } from "../../src/pipeline/settings.ts";
import { settle } from "../../src/pipeline/settle.ts";
import { attacksOn } from "../../src/simulate/attacks/schedule.ts";
import { recordsOfDay } from "../../src/simulate/day.ts";
import { estateOf, type Estate } from "../../src/simulate/estate.ts";
import { labelling } from "../../src/simulate/label.ts";
import { awsRangesOf, configOf, estateKey, keyFileOf, PAPERS, rangesOf, tenantsOf } from "../../src/simulate/papers.ts";
import { VENDOR_ACCOUNT } from "../../src/simulate/record.ts";
import { DAY_MS } from "../../src/simulate/time.ts";
import type { Document } from "../../src/sources/source.ts";
import { decode } from "../../src/trail/record.ts";
import { pageOf, type Page, type Truth } from "./page.ts";
import { peersOf } from "./peers.ts";

/** Which estate is to be judged. */
export interface Held {
  readonly seed: number;
  readonly accounts: number;
  readonly days: number;
  readonly ramp: number | null;
}

/** What one way of looking at an estate came to. */
export interface Outcome {
  readonly style: string;
  readonly pages: readonly Page[];
}

export interface Judgement {
  readonly estate: Pick<Estate, "seed" | "days" | "startMs">;
  readonly truth: Truth;
  readonly records: number;
  readonly outcomes: readonly Outcome[];
}

const START_MS = Date.parse("2026-06-01T00:00:00Z");
const RECORDS_A_DOCUMENT = 1000;

/** The product, among the styles. */
export const PRODUCT = "deputywatch";

/**
 * Makes an estate day by day, as JSON; the product reads it as a replay does, and its peers the same calls. The registry
 * is each day's own, as a deployment has it: who is being onboarded then is not yet active. All alerts count, of every
 * detector that the configuration enables, and nothing is suppressed.
 */
export async function judgeEstate(held: Held): Promise<Judgement> {
  const estate = estateOf({ ...held, startMs: START_MS });
  const attacks = attacksOn(estate, { ramp: held.ramp });
  const labels = labelling(estate, attacks);
  const attackOf = new Map<string, string>();
  const accountsOf = new Map<string, Set<string>>();
  const last = await settingsOfDay(estate, estate.days - 1);
  const peers = peersOf({ estate, whereabouts: last.vendor.whereabouts });
  const shares: Gathered[] = [];
  let records = 0;
  for (let day = 0; day < estate.days; day++) {
    const settings = await settingsOfDay(estate, day);
    const nowMs = estate.startMs + (day + 1) * DAY_MS;
    const decoding = decodingAt(settings, nowMs);
    const written = function* (): Generator<Document> {
      let batch: string[] = [];
      const document = (): Document => {
        const text = `{"Records":[${batch.join(",")}]}`;
        batch = [];
        const bytes = Buffer.from(text);
        return { name: `day ${day + 1}`, read: () => Promise.resolve(bytes) };
      };
      for (const witnessed of recordsOfDay(estate, attacks, day)) {
        const { record, attack } = witnessed;
        labels.note(witnessed);
        records++;
        if (attack !== null) attackOf.set(record.eventID, attack);
        const decoded = decode(record, decoding);
        if (decoded.kind === "call") {
          const { call } = decoded;
          if (attack !== null && call.target.account !== null)
            accountsOf.set(attack, (accountsOf.get(attack) ?? new Set<string>()).add(call.target.account));
          if (call.recipient === VENDOR_ACCOUNT) for (const peer of peers) peer.see({ call, attack, day });
        }
        batch.push(JSON.stringify(record));
        if (batch.length >= RECORDS_A_DOCUMENT) yield document();
      }
      if (batch.length > 0) yield document();
    };
    const nobody = { sinceMs: null, untilMs: null, onProgress: () => undefined };
    shares.push(await gather(written(), { ...nobody, settings, nowMs }));
  }
  const [first, ...others] = shares;
  const { alerts, summary } = await settle([first!, ...others], last, null);
  if (summary.tally.rejected.length > 0) throw new Error("a record of the estate could not be read");
  const truth = { startMs: estate.startMs, labels: labels.labels(), attackOf, accountsOf };
  const pages = alerts.map((alert) => pageOf(alert, truth));
  const outcomes = peers.map(({ style, pages: made }) => ({ style, pages: made() }));
  return { estate, truth, records, outcomes: [{ style: PRODUCT, pages }, ...outcomes] };
}

/** The product's own configuration loader over the papers of that day's end. */
async function settingsOfDay(estate: Estate, day: number): Promise<Settings> {
  const endMs = estate.startMs + (day + 1) * DAY_MS;
  const key = estateKey(estate);
  const papers: Readonly<Record<string, string>> = {
    [PAPERS.config]: configOf(estate),
    [PAPERS.tenants]: tenantsOf(estate, key, endMs),
    [PAPERS.ranges]: rangesOf(estate),
    [PAPERS.aws]: awsRangesOf(estate),
    [PAPERS.key]: keyFileOf(key),
  };
  const loaded = await loadConfig(`/${PAPERS.config}`, {
    nowMs: endMs,
    env: {},
    detectorIds: DETECTORS.map(({ id }) => id),
    readFile: (path) => {
      const text = papers[basename(path)];
      return text === undefined ? Promise.reject(new Error(`there is no ${path}`)) : Promise.resolve(text);
    },
  });
  return settingsFrom(loaded, DETECTORS, new Uint8Array(32));
}
