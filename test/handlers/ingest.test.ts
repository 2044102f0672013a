import { gzipSync } from "node:zlib";
import type { SQSEvent } from "aws-lambda";
import { expect, test } from "vitest";
import { secretsOf } from "../../examples/live/proof.ts";
import {
  deliveryFiles,
  eventBridgeEvent,
  objectKey,
  s3Notification,
  snsWrapped,
} from "../../examples/vendor/delivery.ts";
import { ingestFrom } from "../../handlers/ingest.ts";
import { memoryStore } from "../../src/stores/memory.ts";
import { memoryOutbox } from "../../src/stores/outbox/memory.ts";
import {
  lambda,
  NOW_MS,
  oddlyNamed,
  ordinary,
  SAMPLE,
  scene,
  sqs,
  stolen,
  tenantOf,
  told,
  type Scene,
} from "./scene.ts";

const KEY = objectKey("999988887777", "us-east-1", NOW_MS, "0123456789abcdef");

function handlerOf({ world }: Scene) {
  const said: string[] = [];
  const ingesting = ingestFrom(
    () => Promise.resolve(world),
    (line) => said.push(line),
  );
  return { handler: (event: SQSEvent, remainingMs?: number) => ingesting(event, lambda(remainingMs)), said };
}

test("a message that can never be read is put aside at its first coming, and its neighbours are judged", async () => {
  const here = await scene();
  const { handler, said } = handlerOf(here);
  const torn = JSON.stringify(eventBridgeEvent(ordinary)).slice(0, 200);
  const answer = await handler(sqs(eventBridgeEvent(oddlyNamed), torn, eventBridgeEvent(stolen)));
  expect(answer).toEqual({ batchItemFailures: [] });
  expect([...here.quarantine.kept.values()]).toEqual([
    { id: "message-1", reason: "not JSON", where: ["line 1: not JSON"], body: torn, object: null },
  ]);
  expect((await told(here.world)).sent).toBe(4);
  expect((await here.socHeard()).map(({ detector }) => detector)).toEqual([
    "source-outside-ranges",
    "unusual-session-name",
  ]);
  expect(JSON.parse(said[0]!)).toEqual({
    messages: 3,
    done: 3,
    records: 2,
    doubts: {},
    calls: 2,
    uses: 0,
    late: { calls: 2, mostMs: expect.any(Number) as number },
    announced: 2,
    suppressed: {},
    learning: ["arn:aws:iam::999988887777:role/integration-scanner: 0 of 3 days"],
    skipped: {},
    rejected: [{ where: "message message-1, line 1", reason: "not JSON" }],
    quarantined: [{ id: "message-1", reason: "not JSON" }],
    failed: [],
  });
});

test("a notification that came before its object goes back alone, with the reason in the log", async () => {
  const here = await scene();
  const { handler, said } = handlerOf(here);
  await here.put(KEY, deliveryFiles([oddlyNamed])[0]!.body);
  const { bucket } = here.stack;
  const answer = await handler(sqs(s3Notification(bucket, `${KEY}-gone`), s3Notification(bucket, KEY)));
  expect(answer).toEqual({ batchItemFailures: [{ itemIdentifier: "message-0" }] });
  await told(here.world);
  expect(await here.socHeard()).toMatchObject([{ detector: "unusual-session-name", tenant: tenantOf(oddlyNamed) }]);
  expect(said[0]).toContain(`s3://${bucket}/${KEY}-gone: the object does not exist`);
});

test("a torn file is put aside by reference, and the other files of its notification are judged", async () => {
  const here = await scene();
  const { handler, said } = handlerOf(here);
  await here.put("torn.json.gz", gzipSync("{}").subarray(0, 12));
  await here.put(KEY, deliveryFiles([oddlyNamed])[0]!.body);
  const notice = { s3Bucket: here.stack.bucket, s3ObjectKey: ["torn.json.gz", KEY] };
  expect(await handler(sqs(notice))).toEqual({ batchItemFailures: [] });
  await told(here.world);
  expect(await here.socHeard()).toHaveLength(1);
  expect([...here.quarantine.kept.values()]).toMatchObject([
    { reason: "gzip: cut off", body: null, object: { bucket: here.stack.bucket, key: "torn.json.gz" } },
  ]);
  expect(said[0]).toContain("torn.json.gz");
});

function logsSubscription(message: object): object {
  const data = {
    messageType: "DATA_MESSAGE",
    owner: "999988887777",
    logGroup: "trail",
    logStream: "999988887777_CloudTrail_us-east-1",
    subscriptionFilters: ["deputywatch"],
    logEvents: [{ id: "1", timestamp: NOW_MS, message: JSON.stringify(message) }],
  };
  return { awslogs: { data: gzipSync(JSON.stringify(data)).toString("base64") } };
}

const ENVELOPES: Readonly<Record<string, (bucket: string) => unknown>> = {
  "a bare record": () => oddlyNamed,
  "a list of records": () => ({ Records: [ordinary, oddlyNamed] }),
  "an EventBridge event": () => eventBridgeEvent(oddlyNamed),
  "an S3 notification": (bucket) => s3Notification(bucket, KEY),
  "an S3 event of EventBridge": (bucket) => ({
    version: "0",
    "detail-type": "Object Created",
    source: "aws.s3",
    account: "999988887777",
    region: "us-east-1",
    detail: { version: "0", bucket: { name: bucket }, object: { key: KEY, size: 1 }, reason: "PutObject" },
  }),
  "CloudTrail's own notification": (bucket) => ({ s3Bucket: bucket, s3ObjectKey: [KEY] }),
  "a subscription of CloudWatch Logs": () => logsSubscription(oddlyNamed),
};

test("every envelope, delivered raw or wrapped by SNS, comes to the same alert", async () => {
  const here = await scene();
  await here.put(KEY, deliveryFiles([oddlyNamed])[0]!.body);
  const ids = new Set<string>();
  for (const [name, bodyIn] of Object.entries(ENVELOPES)) {
    const body = bodyIn(here.stack.bucket);
    for (const delivered of [body, snsWrapped(JSON.stringify(body))]) {
      const world = { ...here.world, store: memoryStore(), outbox: memoryOutbox() };
      const { handler } = handlerOf({ ...here, world });
      expect(await handler(sqs(delivered)), name).toEqual({ batchItemFailures: [] });
      await told(world);
      const heard = await here.socHeard();
      expect(heard, name).toMatchObject([{ detector: "unusual-session-name", calls: 1 }]);
      ids.add(heard[0]!.id);
    }
  }
  expect(ids.size).toBe(1);
});

test("what says nothing about calls is put aside by its reason, and does not come again", async () => {
  const here = await scene();
  const { handler, said } = handlerOf(here);
  const control = gzipSync(JSON.stringify({ messageType: "CONTROL_MESSAGE", logEvents: [] })).toString("base64");
  const answer = await handler(
    sqs(
      { Service: "Amazon S3", Event: "s3:TestEvent", Time: "2026-11-20T10:00:00Z", Bucket: here.stack.bucket },
      "CloudTrail validation message.",
      { awslogs: { data: control } },
      { s3Bucket: here.stack.bucket, s3ObjectKey: ["AWSLogs/999988887777/CloudTrail-Digest/us-east-1/x.json.gz"] },
    ),
  );
  expect(answer).toEqual({ batchItemFailures: [] });
  expect((JSON.parse(said[0]!) as { skipped: object }).skipped).toMatchInlineSnapshot(`
    {
      "control message": 1,
      "digest file": 1,
      "s3 test event": 1,
      "validation message": 1,
    }
  `);
});

test("a batch that comes again publishes nothing new", async () => {
  const here = await scene();
  const { handler } = handlerOf(here);
  const batch = sqs(eventBridgeEvent(oddlyNamed), { Records: [stolen, ordinary] });
  await handler(batch);
  await told(here.world);
  expect(await here.socHeard()).toHaveLength(2);
  await handler(batch);
  await handler(sqs(snsWrapped(JSON.stringify(stolen))));
  expect(await told(here.world)).toMatchObject({ sent: 0, left: 0 });
  expect(await here.socHeard()).toEqual([]);
});

test("while the outbox takes nothing the messages that led to alerts go back, and come to them later", async () => {
  const here = await scene();
  const outbox = {
    ...here.world.outbox,
    announce: () => Promise.reject(new Error("no table", { cause: new Error("5xx") })),
  };
  const { handler, said } = handlerOf({ ...here, world: { ...here.world, outbox } });
  const batch = sqs(eventBridgeEvent(oddlyNamed), { Event: "s3:TestEvent" });
  expect(await handler(batch)).toEqual({ batchItemFailures: [{ itemIdentifier: "message-0" }] });
  expect(said[0]).toContain("no table (5xx)");
  expect(await handlerOf(here).handler(batch)).toEqual({ batchItemFailures: [] });
  expect((await told(here.world)).sent).toBe(2);
});

test("near the end of its time the function begins nothing more, and what it left goes back", async () => {
  const here = await scene();
  let asked = 0;
  const ingesting = ingestFrom(
    () => Promise.resolve(here.world),
    () => undefined,
  );
  const context = { getRemainingTimeInMillis: () => (++asked <= 2 ? 60_000 : 11_000) };
  const answer = await ingesting(sqs({ Event: "s3:TestEvent" }, eventBridgeEvent(stolen)), context);
  expect(answer).toEqual({ batchItemFailures: [{ itemIdentifier: "message-1" }] });
});

test("a world that could not be had is asked for again by the next batch, and kept by those after", async () => {
  const here = await scene();
  let asked = 0;
  const handler = ingestFrom(
    () => (++asked === 1 ? Promise.reject(new Error("no network yet")) : Promise.resolve(here.world)),
    () => undefined,
  );
  const batch = sqs(eventBridgeEvent(oddlyNamed));
  await expect(handler(batch, lambda())).rejects.toThrow("no network yet");
  await handler(batch, lambda());
  await handler(batch, lambda());
  expect(asked).toBe(2);
  await told(here.world);
  expect(await here.socHeard()).toHaveLength(1);
});

test("no external ID and no session token is in the function's log, whether a message was read or torn", async () => {
  const here = await scene();
  const { handler, said } = handlerOf(here);
  const record = JSON.stringify(stolen);
  await handler(sqs({ Records: SAMPLE.records.slice(0, 200) }, `${record}}`, record.slice(0, -5), `x${record}`));
  expect(said).toHaveLength(1);
  expect(secretsOf(SAMPLE).filter((secret) => record.includes(secret))).toHaveLength(2);
  expect(secretsOf(SAMPLE).filter((secret) => said[0]!.includes(secret))).toEqual([]);
});
