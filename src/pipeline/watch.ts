import type { SQSClient } from "@aws-sdk/client-sqs";
import { setTimeout as pause } from "node:timers/promises";
import { receive, remove, type QueueMessage } from "../sources/queue.ts";
import { deliver, type Post } from "./deliver.ts";
import { noFailures, type Destinations } from "./destinations.ts";
import { ingest, type Ingested, type World } from "./ingest.ts";
import { reasonOf } from "./reason.ts";

export interface WatchOptions {
  /** End when a poll brings nothing; otherwise only `signal` ends it. */
  readonly untilEmpty: boolean;
  readonly signal: AbortSignal;
  /** Told of what is put into quarantine. */
  readonly onQuarantine: (what: string) => void;
  /** Told of whatever must be tried again: a message, a notification, a request. */
  readonly onFailure: (what: string) => void;
}

/** What was seen until it ended. */
export interface Watched {
  readonly messages: number;
  readonly calls: number;
  /** Alerts that the configuration keeps from being told; one that grows counts each time. */
  readonly suppressed: number;
  /** Notifications sent. */
  readonly told: number;
  /** Messages with something in them that can never be read. */
  readonly quarantined: number;
  /** Messages that were received and not dealt with by the end: they are still the queue's. */
  readonly left: number;
  /** Alerts that somebody still has to hear: they are in the outbox. */
  readonly untold: number;
}

const POLL_SECONDS = 20;
/** While something is to be told, the queue is not waited for longer than this. */
const UNTOLD_POLL_SECONDS = 1;
const REST_MS = 1_000;
/** The queue has its turn again after so long, however much there is to be told. */
const DELIVERY_MS = 10_000;

/**
 * Long-polls a queue, ingests what comes and tells what was found, after each batch and whenever nothing came. Only
 * messages whose effects are durable are removed; the others come again when their visibility ends. A broken world is
 * waited out, not fatal.
 */
export async function watch(
  client: SQSClient,
  queueUrl: string,
  world: World & Post,
  options: WatchOptions,
): Promise<Watched> {
  const seen: Seen = {
    messages: 0,
    calls: 0,
    suppressed: 0,
    told: 0,
    untold: 0,
    left: new Set(),
    quarantined: new Set(),
  };
  const destinations = noFailures();
  while (!stopped(options)) {
    try {
      const messages = await receive(client, queueUrl, {
        waitSeconds: options.untilEmpty || seen.untold > 0 ? UNTOLD_POLL_SECONDS : POLL_SECONDS,
        max: 10,
        signal: options.signal,
      });
      if (messages.length > 0) await take(client, queueUrl, messages, world, options, seen);
      await tell(world, destinations, options, seen);
      if (messages.length === 0 && options.untilEmpty) break;
    } catch (error) {
      if (stopped(options)) break;
      options.onFailure(reasonOf(error));
      await pause(REST_MS, undefined, { signal: options.signal }).catch(() => undefined);
    }
  }
  return { ...seen, left: seen.left.size, quarantined: seen.quarantined.size };
}

interface Seen {
  messages: number;
  calls: number;
  suppressed: number;
  told: number;
  untold: number;
  /** By id, because what is left comes again. */
  readonly left: Set<string>;
  readonly quarantined: Set<string>;
}

/** Asked anew each time: it changes while others work. */
function stopped({ signal }: WatchOptions): boolean {
  return signal.aborted;
}

async function take(
  client: SQSClient,
  queueUrl: string,
  messages: readonly QueueMessage[],
  world: World,
  options: WatchOptions,
  seen: Seen,
): Promise<void> {
  seen.messages += messages.length;
  for (const { id } of messages) seen.left.add(id);
  const { done, failed, quarantined, calls, suppressed, staleRegistry } = await ingest(messages, world);
  if (staleRegistry !== undefined) options.onFailure(staleRegistry);
  seen.calls += calls;
  for (const count of Object.values(suppressed)) seen.suppressed += count;
  for (const { id, reason } of failed) options.onFailure(`message ${id}: ${reason}`);
  for (const { id, reason } of quarantined) {
    if (!seen.quarantined.has(id)) options.onQuarantine(`message ${id}: ${reason}`);
    seen.quarantined.add(id);
  }
  await removeDone(client, queueUrl, messages, done, options);
  for (const id of done) seen.left.delete(id);
}

async function tell(post: Post, destinations: Destinations, { onFailure }: WatchOptions, seen: Seen): Promise<void> {
  const { sent, failed, left } = await deliver(post, destinations, { untilMs: post.now() + DELIVERY_MS });
  seen.told += sent;
  seen.untold = left;
  for (const { channel, reason } of failed) onFailure(`channel ${channel}: ${reason}`);
}

async function removeDone(
  client: SQSClient,
  queueUrl: string,
  messages: readonly QueueMessage[],
  done: Ingested["done"],
  { onFailure }: WatchOptions,
): Promise<void> {
  const ids = new Set(done);
  const receipts = messages.filter(({ id }) => ids.has(id)).map(({ receipt }) => receipt);
  const left = await remove(client, queueUrl, receipts);
  for (const { reason } of left) onFailure(`a message that is dealt with will come again: ${reason}`);
}
