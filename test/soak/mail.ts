import { gzipSync } from "node:zlib";
import { eventBridgeEvent, objectKey, s3Notification, snsWrapped } from "../../examples/vendor/delivery.ts";
import { dice, type Dice } from "../../src/simulate/dice.ts";
import { VENDOR_ACCOUNT } from "../../examples/vendor/estate.ts";
import type { TrailRecord } from "../../src/simulate/record.ts";

/** A message to be sent. */
export interface Letter {
  readonly body: string;
  /** Something in it can never be read. */
  readonly poison: boolean;
}

/** A trail on its way. */
export interface Mail {
  /** In the order of sending: by time, and up to a day out of it. */
  readonly letters: readonly Letter[];
  /** What must be in the bucket before, by key. */
  readonly objects: ReadonlyMap<string, Uint8Array>;
  /** Those of the objects that can never be read. */
  readonly tornObjects: readonly string[];
}

/** Of a hundred records: in a file, in a message with others; the rest come alone. */
const IN_FILES = 92;
const IN_BUNDLES = 6;
const FILE = 300;
const BUNDLE = 10;
/** Of a hundred records that are in files, so many come by EventBridge as well. */
const BOTH_WAYS = 1;
/** Of a hundred letters. */
const SENT_TWICE = 10;
/** A letter for each so many records. */
const POISON_EVERY = 2_500;
/** Records by which a letter may be out of its order: about a day's. */
const DISORDER = 7_000;

/** The records as their messages and objects, with some sent twice, some both ways, and some poison among them. */
export function mailOf(records: readonly TrailRecord[], bucket: string, seed: number): Mail {
  const chance = dice(seed, "mail");
  const placed: { readonly place: number; readonly letter: Letter }[] = [];
  const objects = new Map<string, Uint8Array>();
  const tornObjects: string[] = [];
  const post = (at: number, body: string, poison = false): void => {
    for (let times = chance.below(100) < SENT_TWICE ? 2 : 1; times > 0; times--)
      placed.push({ place: at + chance.below(DISORDER), letter: { body, poison } });
  };
  const file = (at: number, body: Uint8Array): string => {
    const serial = objects.size.toString(36).padStart(16, "0");
    const key = objectKey(VENDOR_ACCOUNT, "us-east-1", Date.parse(records[at]!.eventTime), serial);
    objects.set(key, body);
    post(at, JSON.stringify(s3Notification(bucket, key, body.length)));
    return key;
  };
  const inFile: TrailRecord[] = [];
  const inBundle: TrailRecord[] = [];
  for (const [at, record] of records.entries()) {
    const isLast = at === records.length - 1;
    const way = chance.below(100);
    if (way < IN_FILES) inFile.push(record);
    else if (way < IN_FILES + IN_BUNDLES) inBundle.push(record);
    if (way < BOTH_WAYS || way >= IN_FILES + IN_BUNDLES) post(at, JSON.stringify(eventBridgeEvent(record)));
    if (inFile.length >= (isLast ? 1 : FILE)) file(at, gzipSync(recordsText(inFile.splice(0))));
    if (inBundle.length >= (isLast ? 1 : BUNDLE)) post(at, bundled(inBundle.splice(0), chance));
    if (at % POISON_EVERY !== POISON_EVERY / 2) continue;
    post(at, chance.pick(POISON), true);
    const call = records.find(({ eventName }, n) => n >= at && eventName === "AssumeRole") ?? record;
    post(at, recordsText([{ ...call, eventTime: "2026-02-30T00:00:00Z" }, call]), true);
    tornObjects.push(file(at, gzipSync(recordsText([record])).subarray(0, -20)));
  }
  const letters = placed.sort((a, b) => a.place - b.place).map(({ letter }) => letter);
  return { letters, objects, tornObjects };
}

/** What nobody can read, each in its way. */
const POISON: readonly string[] = [
  '{"Records":[{"eventName":"AssumeRole"',
  "[".repeat(50_000),
  '{"neither":"of them"}',
];

function recordsText(records: readonly TrailRecord[]): string {
  return JSON.stringify({ Records: records });
}

/** As CloudTrail's own topic hands it on, or bare. */
function bundled(records: readonly TrailRecord[], chance: Dice): string {
  const text = recordsText(records);
  return chance.below(2) === 0 ? text : JSON.stringify(snsWrapped(text));
}
