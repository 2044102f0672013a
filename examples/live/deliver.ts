import { randomUUID } from "node:crypto";
import { setTimeout as pause } from "node:timers/promises";
import { gunzipSync } from "node:zlib";
import { PutObjectCommand } from "@aws-sdk/client-s3";
import { PublishCommand } from "@aws-sdk/client-sns";
import { SendMessageBatchCommand } from "@aws-sdk/client-sqs";
import {
  comesByEventBridge,
  deliveredAt,
  deliveryFiles,
  eventBridgeEvent,
  s3Notification,
} from "../vendor/delivery.ts";
import { VENDOR_ACCOUNT } from "../vendor/estate.ts";
import type { TrailRecord } from "../../src/simulate/record.ts";
import { waitingIn, type Stack } from "./stack.ts";

/** How a message comes to the trail's queue. */
export type Way = "eventbridge" | "s3" | "s3-through-sns" | "torn";

/** One message to come, and what is in it or behind it. */
export interface Delivery {
  readonly way: Way;
  /** When it would come, in epoch milliseconds. */
  readonly atMs: number;
  readonly body: string;
  readonly eventIds: readonly string[];
}

/** What arrives, in the order of arrival. */
export interface Deliveries {
  readonly files: ReturnType<typeof deliveryFiles>;
  readonly messages: readonly Delivery[];
}

/**
 * Everything twice, as in a real account: each STS event by EventBridge at once, and each record within five minutes
 * in a file, which S3 announces; the files of customers who forward their trail are announced through SNS. One
 * message is torn.
 */
export function deliveriesOf(records: readonly TrailRecord[], bucket: string): Deliveries {
  const files = deliveryFiles(records);
  const fast = records.filter((record) => comesByEventBridge(record, VENDOR_ACCOUNT));
  const messages: Delivery[] = [
    ...fast.map((record) => ({
      way: "eventbridge" as const,
      atMs: Date.parse(record.eventTime),
      body: JSON.stringify(eventBridgeEvent(record)),
      eventIds: [record.eventID],
    })),
    ...files.map(({ key, body }) => ({
      way: key.includes(`/${VENDOR_ACCOUNT}/`) ? ("s3" as const) : ("s3-through-sns" as const),
      atMs: deliveredAt(key),
      body: JSON.stringify(s3Notification(bucket, key, body.length)),
      eventIds: recordsIn(body).map(({ eventID }) => eventID),
    })),
  ];
  const [first] = messages;
  if (first !== undefined) messages.push({ way: "torn", atMs: 0, body: first.body.slice(0, 200), eventIds: [] });
  return { files, messages: messages.sort((a, b) => a.atMs - b.atMs) };
}

function recordsIn(body: Uint8Array): readonly TrailRecord[] {
  return (JSON.parse(gunzipSync(body).toString()) as { Records: TrailRecord[] }).Records;
}

const UPLOADS_AT_ONCE = 16;

/** Puts the files into the bucket. */
export async function upload({ clients, bucket }: Stack, { files }: Deliveries): Promise<void> {
  const waiting = files.values();
  const uploader = async (): Promise<void> => {
    for (const { key, body } of waiting)
      await clients.s3.send(new PutObjectCommand({ Bucket: bucket, Key: key, Body: body }));
  };
  await Promise.all(Array.from({ length: UPLOADS_AT_ONCE }, uploader));
}

const BATCH = 10;
/** More than this waiting, and whoever sends waits too: else an alert's delay would tell the length of the queue. */
const MOST_WAITING = 20;

/**
 * Sends the messages in their order, no faster than they are read. Notes in `sentMs` when each event was first on its
 * way, in epoch milliseconds.
 */
export async function send(
  stack: Stack,
  messages: readonly Delivery[],
  sentMs: Map<string, number>,
  signal: AbortSignal,
): Promise<void> {
  const { sqs, sns } = stack.clients;
  for (let start = 0; start < messages.length; start += BATCH) {
    while ((await waitingIn(stack, stack.trail.queueUrl)) > MOST_WAITING) await pause(2, undefined, { signal });
    const batch = messages.slice(start, start + BATCH);
    const nowMs = Date.now();
    for (const id of batch.flatMap(({ eventIds }) => eventIds)) if (!sentMs.has(id)) sentMs.set(id, nowMs);
    const direct = batch.filter(({ way }) => way !== "s3-through-sns");
    if (direct.length > 0) {
      const Entries = direct.map(({ body }) => ({ Id: randomUUID(), MessageBody: body }));
      await sqs.send(new SendMessageBatchCommand({ QueueUrl: stack.trail.queueUrl, Entries }), { abortSignal: signal });
    }
    for (const { way, body } of batch) {
      if (way !== "s3-through-sns") continue;
      await sns.send(new PublishCommand({ TopicArn: stack.announcements.topicArn, Message: body }), {
        abortSignal: signal,
      });
    }
  }
}
