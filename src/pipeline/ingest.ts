import type { Fetched } from "../sources/s3.ts";
import type { Store } from "../stores/store.ts";
import { inflate } from "../trail/envelopes/gzip.ts";
import type { S3Object } from "../trail/envelopes/open.ts";
import { judge } from "./judge.ts";
import { notify, type Channels } from "./notify.ts";
import { addTally, count, emptyTally, readBody, type Reading, type Tally } from "./read.ts";
import { decodingAt, type Settings } from "./settings.ts";

/** A message of the queue, whatever brought it there. */
export interface Message {
  readonly id: string;
  readonly body: string;
}

/** The world of the live path: what the Lambda function, `watch` and the demonstration hand to the one ingest. */
export interface World {
  readonly settings: Settings;
  readonly store: Store;
  readonly channels: Channels;
  /** Reads an object that a notification points at; rejects while S3 cannot be asked. */
  readonly fetchObject: (object: S3Object) => Promise<Fetched>;
  /** Epoch milliseconds. */
  readonly now: () => number;
}

export interface Ingested {
  /** All their effects are durable: these may be removed from the queue. */
  readonly done: readonly string[];
  /** These must come again, each for its own reason. */
  readonly failed: readonly { readonly id: string; readonly reason: string }[];
  readonly tally: Tally;
  readonly calls: number;
  /** Notifications sent. */
  readonly told: number;
}

/**
 * Takes a batch of messages: opens each, fetches what it points at, judges everything together, tells the channels.
 * A message that cannot be read fails alone. Rejects where judging or telling failed: then the whole batch comes
 * again, and comes to the same alerts.
 */
export async function ingest(messages: readonly Message[], world: World): Promise<Ingested> {
  const done: string[] = [];
  const failed: { id: string; reason: string }[] = [];
  const tally = emptyTally();
  const readings: Reading[] = [];
  for (const { id, body } of messages) {
    const reading = await readWhole(body, world);
    addTally(tally, reading.tally, `message ${id}`);
    readings.push(reading);
    if (reading.unread === null) done.push(id);
    else failed.push({ id, reason: reading.unread });
  }
  const batch = {
    calls: readings.flatMap(({ calls }) => calls),
    changes: readings.flatMap(({ changes }) => changes),
  };
  const { verdicts, elsewhere } = await judge(batch, { ...world.settings, store: world.store });
  for (const [reason, calls] of elsewhere) count(tally, reason, calls.size);
  const told = await notify(verdicts, world.channels, world.settings, world.store);
  return { done, failed, tally, calls: batch.calls.length, told };
}

interface Whole extends Reading {
  /** Why the message must come again; null: it was read, or nothing about it will ever be readable differently. */
  readonly unread: string | null;
}

/** A body, and the objects that it points at. */
async function readWhole(body: string, world: World): Promise<Whole> {
  const options = decodingAt(world.settings, world.now());
  const reading = readBody(body, options);
  const nothing = reading.tally.records === 0 && reading.tally.skipped.size === 0 && reading.objects.length === 0;
  let unread = nothing ? (reading.tally.rejected[0]?.reason ?? "empty message") : null;
  // Flattened in the end: a file of 100,000 records is more than one call's arguments may be.
  const parts: Reading[] = [reading];
  for (const object of reading.objects) {
    const name = `s3://${object.bucket}/${object.key}`;
    const file = await readObject(object, world).catch((error: unknown) => reasonOf(error));
    if (typeof file === "string") {
      unread = `${name}: ${file}`;
      continue;
    }
    const inside = readBody(file, options);
    addTally(reading.tally, inside.tally, name);
    parts.push(inside);
  }
  const calls = parts.flatMap((part) => part.calls);
  return { ...reading, calls, changes: parts.flatMap((part) => part.changes), unread };
}

/** An object's inflated bytes, or why it has none. */
async function readObject(object: S3Object, { fetchObject }: World): Promise<Uint8Array | string> {
  const fetched = await fetchObject(object);
  if (!fetched.ok) return fetched.reason;
  const inflated = await inflate(fetched.bytes);
  return inflated.ok ? inflated.bytes : inflated.reason;
}

function reasonOf(error: unknown): string {
  const { message, cause } = error as Error;
  return cause instanceof Error ? `${message} (${cause.message})` : message;
}
