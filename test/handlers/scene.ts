import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { SQSEvent } from "aws-lambda";
import { PutObjectCommand } from "@aws-sdk/client-s3";
import { onTestFinished } from "vitest";
import { take } from "../../examples/live/inbox.ts";
import { settingsIn } from "../../examples/live/papers.ts";
import { startStack, type Feed, type Stack } from "../../examples/live/stack.ts";
import { ELSEWHERE } from "../../examples/vendor/estate.ts";
import type { TrailRecord } from "../../src/simulate/record.ts";
import { sampleVendor } from "../../examples/vendor/sample.ts";
import type { Alert } from "../../src/alerts/alert.ts";
import type { TenantAlert } from "../../src/alerts/redact.ts";
import { deliver, type Delivered, type Post } from "../../src/pipeline/deliver.ts";
import { noFailures } from "../../src/pipeline/destinations.ts";
import type { Message, World } from "../../src/pipeline/ingest.ts";
import { worldOn } from "../../src/pipeline/world.ts";
import { memoryStore } from "../../src/stores/memory.ts";
import { memoryOutbox } from "../../src/stores/outbox/memory.ts";
import { memoryQuarantine } from "../../src/stores/quarantine/memory.ts";

/** The day after the sample's days. */
export const NOW_MS = Date.parse("2026-11-21T12:00:00Z");

export const SAMPLE = sampleVendor({ seed: 1, tenants: 8, startMs: Date.parse("2026-11-19T00:00:00Z"), days: 2 });

/** A script that left the session's name to its SDK: one medium alert, about one customer. */
export const oddlyNamed = recordOf((record) => asked(record, "roleSessionName") === "botocore-session-1700000000");

/** A stolen session at work: one critical alert, about one customer until the second theft. */
export const stolen = recordOf(({ sourceIPAddress }) => sourceIPAddress === ELSEWHERE.thief);
export const stolenAgain = recordOf(({ sourceIPAddress }) => sourceIPAddress === ELSEWHERE.thiefIpv6);

/** A call on an ordinary day: no alert. */
export const ordinary = recordOf((record) => asked(record, "externalId") !== undefined);

function recordOf(wanted: (record: TrailRecord) => boolean): TrailRecord {
  const record = SAMPLE.records.find(wanted);
  if (record === undefined) throw new Error("the sample has no such record");
  return record;
}

function asked(record: TrailRecord, parameter: string): unknown {
  return (record.requestParameters as Record<string, unknown> | null)?.[parameter];
}

/** Whom a record's call is about. */
export function tenantOf(record: TrailRecord): string {
  return SAMPLE.customers.find(({ role }) => role.arn === asked(record, "roleArn"))?.tenant ?? "nobody";
}

/** The same call `seconds` later, as a call of its own. */
export function later(record: TrailRecord, seconds: number): TrailRecord {
  const eventTime = new Date(Date.parse(record.eventTime) + seconds * 1000).toISOString().replace(".000Z", "Z");
  const id = (value: unknown): string => `${String(value).slice(0, -6)}${100_000 + seconds}`;
  return { ...record, eventTime, eventID: id(record.eventID), sharedEventID: id(record.sharedEventID) };
}

/** SQS, SNS and S3 as they are, a vendor who is configured, and subscribers. */
export interface Scene {
  readonly stack: Stack;
  readonly world: World & Post;
  readonly quarantine: ReturnType<typeof memoryQuarantine>;
  readonly soc: Feed;
  /** Holds the configuration. */
  readonly folder: string;
  readonly put: (key: string, body: Uint8Array | string) => Promise<void>;
  /** What reached the SOC's subscriber since it was last asked. */
  readonly socHeard: () => Promise<readonly Alert[]>;
  readonly tenantHeard: (tenant: string) => Promise<readonly TenantAlert[]>;
}

/** `config` is appended to the sample vendor's configuration. */
export async function scene(config = ""): Promise<Scene> {
  const folder = await mkdtemp(join(tmpdir(), "scene-"));
  const stack = await startStack();
  onTestFinished(async () => {
    await stack.stop();
    await rm(folder, { recursive: true });
  });
  const soc = stack.addFeed("soc");
  const feeds = new Map(SAMPLE.customers.map(({ tenant }) => [tenant, stack.addFeed(`feed-${tenant}`)]));
  const topics = { socArn: soc.topicArn, arnOf: (tenant: string) => feeds.get(tenant)!.topicArn };
  const settings = await settingsIn(folder, { ...SAMPLE, config: SAMPLE.config + config }, topics);
  const { s3, sqs } = stack.clients;
  const quarantine = memoryQuarantine();
  const lasting = { store: memoryStore(), outbox: memoryOutbox(), quarantine };
  return {
    stack,
    world: worldOn(stack.clients, settings, lasting, () => NOW_MS),
    quarantine,
    soc,
    folder,
    put: async (key, body) => {
      await s3.send(new PutObjectCommand({ Bucket: stack.bucket, Key: key, Body: body }));
    },
    socHeard: async () => (await take<Alert>(sqs, soc.queueUrl)).map(({ alert }) => alert),
    tenantHeard: async (tenant) => {
      const heard = await take<TenantAlert>(sqs, feeds.get(tenant)!.queueUrl);
      return heard.map(({ alert }) => alert);
    },
  };
}

/** A message of the queue that came for the first time; a body that is no text is written as JSON. */
export function message(body: unknown, extra: Partial<Message> = {}): Message {
  const text = typeof body === "string" ? body : JSON.stringify(body);
  return { id: "message-0", body: text, receives: 1, sentMs: NOW_MS, ...extra };
}

/** One pass over what is to be told, by somebody who remembers no failure. */
export function told(post: Post): Promise<Delivered> {
  return deliver(post, noFailures());
}

/** What SQS hands to Lambda: `message-0`, `message-1` … A body that is no text is written as JSON. */
export function sqs(...bodies: readonly unknown[]): SQSEvent {
  return {
    Records: bodies.map((body, at) => ({
      messageId: `message-${at}`,
      receiptHandle: `receipt-${at}`,
      body: typeof body === "string" ? body : JSON.stringify(body),
      attributes: {
        ApproximateReceiveCount: "1",
        SentTimestamp: String(NOW_MS),
        SenderId: "AIDAEXAMPLE",
        ApproximateFirstReceiveTimestamp: String(NOW_MS),
      },
      messageAttributes: {},
      md5OfBody: "",
      eventSource: "aws:sqs",
      eventSourceARN: "arn:aws:sqs:us-east-1:999988887777:trail",
      awsRegion: "us-east-1",
    })),
  };
}

/** A function's context with this much time left, which does not pass. */
export function lambda(remainingMs = 60_000) {
  return { getRemainingTimeInMillis: () => remainingMs };
}

/** The scene under a suppression of this detector for the scanner's calls to the customer of `record`, by the sample's days. */
export function suppressing(here: Scene, detector: string, record: TrailRecord): Scene {
  const where = { workload: "scanner", tenant: tenantOf(record) };
  const suppression = { detector, where, reason: "CHG-81", owner: "soc", untilMs: NOW_MS };
  const settings = { ...here.world.settings, suppressions: [suppression] };
  return { ...here, world: { ...here.world, settings } };
}
