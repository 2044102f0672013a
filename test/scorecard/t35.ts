import { attacks } from "../../examples/vendor/attacks.ts";
import { DAY_MS, estateOf, HOUR_MS } from "../../examples/vendor/estate.ts";
import { quietDays } from "../../examples/vendor/quiet.ts";
import type { TrailRecord } from "../../src/simulate/record.ts";
import type { Alert } from "../../src/alerts/alert.ts";
import type { Channel } from "../../src/channels/channel.ts";
import { encodeCell } from "../../src/memory/cell.ts";
import { deliver } from "../../src/pipeline/deliver.ts";
import { noFailures } from "../../src/pipeline/destinations.ts";
import { ingest } from "../../src/pipeline/ingest.ts";
import type { Settings } from "../../src/pipeline/settings.ts";
import { memoryStore } from "../../src/stores/memory.ts";
import { trailStopped } from "./abuse/stage.ts";
import type { ScorecardTest, Sizing } from "./card.ts";
import { settingsOfEstate } from "./estate-settings.ts";
import { floodOf } from "./flood.ts";
import { worldFor } from "./live-world.ts";

const MOST_PAGES = 10;
const MOST_BYTES = 50e6;
const LATEST_MS = 2 * 60_000;
const DAYS = 2;
const TENANTS = 50;
/** Records of one file at most. */
const FILE = 500;
/** CloudTrail's own, about. @see https://docs.aws.amazon.com/awscloudtrail/latest/userguide/how-cloudtrail-works.html */
const DELIVERY_MS = 5 * 60_000;
/** Whoever tells comes by a minute after each file. */
const TELLING_MS = 60_000;

/** What hides in the flood: each is one of these detectors' to find. */
const WANTED = [
  "source-outside-ranges",
  "session-in-two-places",
  "unusual-session-name",
  "tenant-sweep",
  "trail-tampering",
] as const;

export const t35: ScorecardTest = {
  id: "T35",
  part: "E",
  title: "a flood of alarming calls hides none of five attacks, and tells of itself once",
  run: async (sizing) => {
    const { seed } = sizing;
    const startMs = (Math.floor(Date.now() / DAY_MS) - DAYS - 1) * DAY_MS;
    const estate = estateOf(seed, TENANTS);
    const story = { seed, estate, startMs, days: DAYS };
    const ordinary = [...quietDays(story), ...attacksOf(story)].sort(byTime);
    const events = floodSize(sizing);
    const flood = floodOf(seed, estate, { events, startMs: startMs + DAY_MS, spanMs: DAY_MS });

    const settings = await settingsOfEstate(estate, startMs);
    const dry = await lived(ordinary, settings);
    const wet = await lived(merged(ordinary, flood), settings);
    const found = WANTED.filter((detector) => [...wet.pages.values()].some((alert) => alert.detector === detector));
    const missed = [...dry.pages.keys()].filter((id) => !wet.pages.has(id));
    const grownBytes = wet.bytes - dry.bytes;
    const faults = [
      ...(found.length < WANTED.length ? [`of five attacks only ${found.join(", ")} were told`] : []),
      ...(missed.length > 0 ? [`${missed.length} alerts of the dry trail were not told`] : []),
      ...(wet.pages.size > MOST_PAGES ? [`${wet.pages.size} pages: ${countsOf(wet.pages.values())}`] : []),
      ...(grownBytes > MOST_BYTES ? [`memory grew by ${grownBytes} bytes`] : []),
      ...(wet.slowestMs > LATEST_MS ? [`an alert was told ${wet.slowestMs / 1000} s after it was found`] : []),
      ...(wet.failed > 0 ? [`${wet.failed} messages failed`] : []),
    ];
    // As last told: at a fourfold, of which it has come to up to three more since.
    const flooded = [...wet.pages.values()].some(({ calls }) => calls > events / 8);
    return {
      verdict: faults.length > 0 ? "FAIL" : flooded ? "PASS" : "VACUOUS",
      figure: wet.pages.size,
      unit: "pages",
      detail: [
        `${events} events of flood over ${ordinary.length} others: ${wet.pages.size} pages where ${dry.pages.size} were ` +
          `told without it, ${wet.notices} notices in all where ${dry.notices} were, memory grew by ` +
          `${(grownBytes / 1e6).toFixed(1)} MB, the slowest was told ${wet.slowestMs / 1000} s after it was found`,
        ...faults,
      ].join("\n"),
    };
  },
};

/** A million; a twentieth of it when quick. */
function floodSize({ quick, scale }: Sizing): number {
  return Math.round(1_000_000 * (quick ? scale / 2 : scale));
}

function byTime(a: TrailRecord, b: TrailRecord): number {
  return a.eventTime < b.eventTime ? -1 : a.eventTime > b.eventTime ? 1 : 0;
}

/** Both in time order, and so is what they come to. */
function* merged(some: readonly TrailRecord[], others: Iterable<TrailRecord>): Generator<TrailRecord> {
  let at = 0;
  for (const other of others) {
    for (; at < some.length && some[at]!.eventTime <= other.eventTime; at++) yield some[at]!;
    yield other;
  }
  yield* some.slice(at);
}

/** Four of the sample's anomalies, and somebody who stops the trail. */
function attacksOf(story: Parameters<typeof attacks>[0]): readonly TrailRecord[] {
  const sample = attacks(story).filter(({ name }) => name !== "a person at work");
  return [...sample.flatMap(({ records }) => records), trailStopped(story.startMs + 34 * HOUR_MS)];
}

interface Lived {
  /** What the SOC was told, by id: growth comes under the id of the first notice. */
  readonly pages: ReadonlyMap<string, Alert>;
  readonly notices: number;
  /** Of memory, as a store would write it. */
  readonly bytes: number;
  /** The longest that an alert waited from when it was first found to when it was told. */
  readonly slowestMs: number;
  readonly failed: number;
}

/** The live path over the records as they come, and a notifier that comes by after each file. */
async function lived(records: Iterable<TrailRecord>, settings: Settings): Promise<Lived> {
  const store = memoryStore();
  const clock = { ms: 0 };
  const plain = worldFor(settings);
  const foundMs = new Map<string, number>();
  const outbox: typeof plain.outbox = {
    ...plain.outbox,
    announce: (list) => {
      for (const { id } of list) if (!foundMs.has(id)) foundMs.set(id, clock.ms);
      return plain.outbox.announce(list);
    },
  };
  const world = { ...plain, store, outbox, now: () => clock.ms };
  const pages = new Map<string, Alert>();
  let [notices, slowestMs, failed, messages] = [0, 0, 0, 0];
  const send: Channel["send"] = (told) => {
    const alert = told as Alert;
    notices++;
    if (!pages.has(alert.id)) slowestMs = Math.max(slowestMs, clock.ms - (foundMs.get(alert.id) ?? 0));
    pages.set(alert.id, alert);
    return Promise.resolve();
  };
  const post = { outbox, channels: { soc: [{ name: "soc", send }], feedOf: () => null }, now: world.now };
  const known = noFailures();
  for (const file of filesOf(records)) {
    clock.ms = Date.parse(file.at(-1)!.eventTime);
    const message = { id: `m${messages++}`, receives: 1, sentMs: clock.ms, body: JSON.stringify({ Records: file }) };
    failed += (await ingest([message], world)).failed.length;
    clock.ms += TELLING_MS;
    await deliver(post, known);
  }
  let bytes = 0;
  for (const cell of store.cells.values()) bytes += Buffer.byteLength(encodeCell(cell));
  return { pages, notices, bytes, slowestMs, failed };
}

/** Records in files as CloudTrail writes them: of five minutes, and no more of them than a file holds. */
function* filesOf(records: Iterable<TrailRecord>): Generator<readonly TrailRecord[]> {
  let [turn, file]: [number, TrailRecord[]] = [0, []];
  for (const record of records) {
    const own = Math.floor(Date.parse(record.eventTime) / DELIVERY_MS);
    if (file.length > 0 && (own !== turn || file.length === FILE)) {
      yield file;
      file = [];
    }
    turn = own;
    file.push(record);
  }
  if (file.length > 0) yield file;
}

function countsOf(alerts: Iterable<Alert>): string {
  const counts = [...Map.groupBy(alerts, ({ detector }) => detector)].map(
    ([detector, own]) => `${own.length} ${detector}`,
  );
  return counts.join(", ");
}
