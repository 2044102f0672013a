import { basename } from "node:path";
import { dice, type Dice } from "../../src/simulate/dice.ts";
import { eventBridgeEvent, s3Notification } from "../../examples/vendor/delivery.ts";
import { VENDOR_ACCOUNT } from "../../examples/vendor/estate.ts";
import { PAPERS } from "../../examples/vendor/papers.ts";
import { keyFileOf } from "../../src/simulate/papers.ts";
import { targetCopy, type TrailRecord } from "../../src/simulate/record.ts";
import { sampleVendor } from "../../examples/vendor/sample.ts";
import type { Alert } from "../../src/alerts/alert.ts";
import { loadConfig } from "../../src/config/load.ts";
import { DETECTORS } from "../../src/detectors/index.ts";
import { alertOf } from "../../src/pipeline/alert-of.ts";
import { judge, type Verdict } from "../../src/pipeline/judge.ts";
import { readBody } from "../../src/pipeline/read.ts";
import { decodingAt, settingsFrom, type Settings } from "../../src/pipeline/settings.ts";
import { memoryStore } from "../../src/stores/memory.ts";

export const MINUTE_MS = 60_000;
export const HOUR_MS = 60 * MINUTE_MS;
/** The morning after the sample's two days. */
export const START_MS = Date.UTC(2026, 10, 21, 6);

const sample = sampleVendor({ seed: 3, tenants: 12, startMs: Date.UTC(2026, 10, 19), days: 2 });

/** What one record is worth to a story: its text, and its ways of being delivered. */
export interface Piece {
  readonly record: TrailRecord;
  readonly text: string;
  readonly event: string;
}

function pieceOf(record: TrailRecord): Piece {
  return { record, text: JSON.stringify(record), event: JSON.stringify(eventBridgeEvent(record)) };
}

/**
 * What a trail may hold of one call: its caller's copy, the same with the customer's, or the customer's with what is left
 * of a caller's copy that was cut for its length.
 */
function copiesOf(piece: Piece, chance: Dice): readonly Piece[] {
  const { record } = piece;
  const [, account] = /^arn:aws:iam::(\d{12}):/.exec(roleOf(record)) ?? [];
  if (record.sharedEventID === undefined || account === undefined || record.recipientAccountId !== VENDOR_ACCOUNT) {
    return [piece];
  }
  const customers = pieceOf(targetCopy(record, account, chance));
  const ways = [[piece], [piece, customers], [pieceOf({ ...record, requestParameters: { omitted: true } }), customers]];
  return chance.pick(ways);
}

function roleOf({ requestParameters }: TrailRecord): string {
  const { roleArn } = (requestParameters ?? {}) as { readonly roleArn?: string };
  return roleArn ?? "";
}

/** Everything that stories are drawn from; made once. */
export interface Library {
  readonly settings: Settings;
  readonly ordinary: readonly Piece[];
  /** The records behind each alert of the sample, copies included. */
  readonly wrongs: readonly (readonly Piece[])[];
}

/** The sample vendor's settings and records, the latter by the alerts that they make. */
export async function openLibrary(): Promise<Library> {
  const papers = new Map<string, string>([
    [PAPERS.config, sample.config],
    [PAPERS.tenants, sample.tenants],
    [PAPERS.ranges, sample.ranges],
    [PAPERS.key, keyFileOf(sample.key)],
  ]);
  const loaded = await loadConfig(PAPERS.config, {
    nowMs: START_MS,
    env: {},
    detectorIds: DETECTORS.map(({ id }) => id),
    readFile: (path) => Promise.resolve(papers.get(basename(path)) ?? ""),
  });
  const settings = settingsFrom(loaded, DETECTORS, sample.key);
  const pieces = sample.records.map(pieceOf);
  const byEventId = new Map(pieces.map((piece) => [piece.record.eventID, piece]));
  const wrongs: Piece[][] = [];
  const alerts = await alertsIn(
    pieces.map(({ text }) => text),
    settings,
  );
  for (const { verdict } of alerts.values()) {
    const { sample: traces, samples } = verdict.evidence;
    const behind = [...traces, ...[...samples.values()].flatMap((facet) => facet.sample)];
    wrongs.push(behind.flatMap(({ eventIds }) => eventIds).flatMap((id) => byEventId.get(id) ?? []));
  }
  const guilty = new Set(wrongs.flat());
  return { settings, ordinary: pieces.filter((piece) => !guilty.has(piece)), wrongs };
}

/** An alert as the pure engine makes it of all events at once. */
export interface Wanted {
  readonly verdict: Verdict;
  readonly bytes: string;
}

/** What the pure engine makes of all events at once, by the alerts' ids. */
export async function alertsIn(bodies: readonly string[], settings: Settings): Promise<ReadonlyMap<string, Wanted>> {
  const readings = bodies.map((body) => readBody(body, decodingAt(settings, START_MS + 30 * 24 * HOUR_MS)));
  const batch = {
    calls: readings.flatMap(({ calls }) => calls),
    changes: readings.flatMap(({ changes }) => changes),
    uses: readings.flatMap(({ uses }) => uses),
  };
  const { verdicts } = await judge(batch, { ...settings, store: memoryStore() });
  return new Map(
    verdicts.map((verdict) => [verdict.id, { verdict, bytes: JSON.stringify(alertOf(verdict, settings)) }]),
  );
}

/** One delivery of the story. */
export interface Sent {
  readonly id: string;
  readonly atMs: number;
  readonly body: string;
  readonly poison: boolean;
}

export interface Story {
  readonly sent: readonly Sent[];
  /** What S3 holds, by key. */
  readonly objects: ReadonlyMap<string, Uint8Array>;
  /** The alerts that these events make, whatever happens to them on the way. */
  readonly wanted: ReadonlyMap<string, Wanted>;
  /** The events themselves, each once. */
  readonly pieces: readonly Piece[];
  /** What is wrong with `wanted`, held against the calls as their callers' whole copies alone would tell them. */
  readonly miscounted: readonly string[];
}

/** How large a story is, and how long its deliveries take. */
export interface Size {
  readonly events: number;
  readonly longestMs: number;
}

const ORDINARY_SIZE: Size = { events: 60, longestMs: 5 * HOUR_MS };

/**
 * Some sixty events, and how they arrive: by EventBridge and in files, the same event by both ways and more than once,
 * up to hours late, with three messages that nobody can read whole.
 */
export async function storyOf(seed: number, library: Library, size: Size = ORDINARY_SIZE): Promise<Story> {
  const { settings, ordinary, wrongs } = library;
  const chance = dice(seed, "story");
  const copies = new Map<Piece, readonly Piece[]>();
  for (let n = 2 + chance.below(2); n > 0; n--)
    for (const piece of chance.pick(wrongs)) copies.set(piece, copies.get(piece) ?? copiesOf(piece, chance));
  const copied = new Set([...copies.values()].flat());
  const pieces = new Set(copied);
  while (pieces.size < size.events) pieces.add(chance.pick(ordinary));
  const all = [...pieces];
  const sent: Sent[] = [];
  const objects = new Map<string, Uint8Array>();
  const add = (body: string, poison = false): void => {
    const id = `m${sent.length}`;
    sent.push({ id, atMs: START_MS + arrivalOf(chance, size), body, poison });
    // A producer that was not answered sends again: another message, the same body.
    const again = !poison && chance.below(100) < 15;
    if (again) sent.push({ id: `${id}-again`, atMs: START_MS + arrivalOf(chance, size), body, poison });
  };
  for (const { event, record } of all) {
    if (record.recipientAccountId === VENDOR_ACCOUNT && chance.below(100) < 90) add(event);
  }
  for (let at = 0; at < all.length;) {
    const file = all.slice(at, (at += 1 + chance.below(8)));
    const key = `AWSLogs/${VENDOR_ACCOUNT}/CloudTrail/us-east-1/2026/11/21/file-${objects.size}.json`;
    objects.set(key, Buffer.from(`{"Records":[${file.map(({ text }) => text).join(",")}]}`));
    add(JSON.stringify(s3Notification("trail", key)));
  }
  add('{"Records":[{"eventName":"AssumeRole"', true);
  add("[".repeat(2_000), true);
  add(JSON.stringify({ ...chance.pick(chance.pick(wrongs)).record, eventTime: "2026-02-30T00:00:00Z" }), true);
  const wanted = await wantedOf(all, settings);
  const whole = await wantedOf([...copies.keys(), ...all.filter((piece) => !copied.has(piece))], settings);
  return { sent, objects, wanted, pieces: all, miscounted: miscounted(wanted, whole) };
}

/** A call is one call however many copies of it there are, and whichever of them were cut. */
function miscounted(wanted: ReadonlyMap<string, Wanted>, whole: ReadonlyMap<string, Wanted>): readonly string[] {
  const calls = (from: ReadonlyMap<string, Wanted>, id: string): number =>
    (JSON.parse(from.get(id)?.bytes ?? "{}") as Partial<Alert>).calls ?? 0;
  const ids = new Set([...wanted.keys(), ...whole.keys()]);
  return [...ids].flatMap((id) => {
    const [told, truth] = [calls(wanted, id), calls(whole, id)];
    return told === truth ? [] : [`${id} is about ${told} calls and not ${truth}`];
  });
}

/** Ten events of which several make alerts, each in a message of its own, all there at once. */
export async function tenMessages({ settings, wrongs }: Library): Promise<Story> {
  const pieces = [...new Set(wrongs.flat())].slice(0, 10);
  const sent = pieces.map(({ event }, at) => ({ id: `m${at}`, atMs: START_MS, body: event, poison: false }));
  return { sent, objects: new Map(), wanted: await wantedOf(pieces, settings), pieces, miscounted: [] };
}

function wantedOf(pieces: readonly Piece[], settings: Settings): Promise<ReadonlyMap<string, Wanted>> {
  return alertsIn(
    pieces.map(({ text }) => text),
    settings,
  );
}

/** Most within minutes, some within hours. */
function arrivalOf(chance: Dice, { longestMs }: Size): number {
  return chance.below(10) < 7 ? chance.below(longestMs / 30) : chance.below(longestMs);
}
