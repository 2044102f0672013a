import type { SQSClient } from "@aws-sdk/client-sqs";
import { setTimeout as pause } from "node:timers/promises";
import { receive, remove, type QueueMessage } from "../sources/queue.ts";
import { ingest, type Ingested, type World } from "./ingest.ts";

export interface WatchOptions {
  /** End when a poll brings nothing; otherwise only `signal` ends it. */
  readonly untilEmpty: boolean;
  readonly signal: AbortSignal;
  /** Told of each message, and of each batch, that must come again. */
  readonly onFailure: (what: string) => void;
}

/** What was seen until it ended. */
export interface Watched {
  readonly messages: number;
  readonly calls: number;
  readonly told: number;
  /** Messages that were received and not dealt with by the end: they are still the queue's. */
  readonly left: number;
}

const POLL_SECONDS = 20;
const REST_MS = 1_000;

/**
 * Long-polls a queue and ingests what comes. Only messages whose effects are durable are removed; the others come
 * again when their visibility ends. A broken world is waited out, not fatal.
 */
export async function watch(
  client: SQSClient,
  queueUrl: string,
  world: World,
  options: WatchOptions,
): Promise<Watched> {
  const seen = { messages: 0, calls: 0, told: 0 };
  const left = new Set<string>();
  while (!stopped(options)) {
    try {
      const messages = await receive(client, queueUrl, {
        waitSeconds: options.untilEmpty ? 1 : POLL_SECONDS,
        max: 10,
        signal: options.signal,
      });
      if (messages.length === 0 && options.untilEmpty) break;
      if (messages.length === 0) continue;
      seen.messages += messages.length;
      for (const { id } of messages) left.add(id);
      const { done, failed, calls, told } = await ingest(messages, world);
      seen.calls += calls;
      seen.told += told;
      for (const { id, reason } of failed) options.onFailure(`message ${id}: ${reason}`);
      await removeDone(client, queueUrl, messages, done, options);
      for (const id of done) left.delete(id);
    } catch (error) {
      if (stopped(options)) break;
      const { message, cause } = error as Error;
      options.onFailure(cause instanceof Error ? `${message}: ${cause.message}` : message);
      await pause(REST_MS, undefined, { signal: options.signal }).catch(() => undefined);
    }
  }
  return { ...seen, left: left.size };
}

/** Asked anew each time: it changes while others work. */
function stopped({ signal }: WatchOptions): boolean {
  return signal.aborted;
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
