import { gzipSync } from "node:zlib";
import { CreateTopicCommand, DeleteTopicCommand, SubscribeCommand } from "@aws-sdk/client-sns";
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
import { NOW_MS, oddlyNamed, ordinary, SAMPLE, scene, sqs, stolen, tenantOf, type Scene } from "./scene.ts";

const KEY = objectKey("999988887777", "us-east-1", NOW_MS, "0123456789abcdef");

function handlerOf({ world }: Scene) {
  const said: string[] = [];
  const handler = ingestFrom(
    () => Promise.resolve(world),
    (line) => said.push(line),
  );
  return { handler, said };
}

test("a message that cannot be read goes back alone, and its neighbours are judged", async () => {
  const here = await scene();
  const { handler, said } = handlerOf(here);
  const torn = JSON.stringify(eventBridgeEvent(ordinary)).slice(0, 200);
  const answer = await handler(sqs(eventBridgeEvent(oddlyNamed), torn, eventBridgeEvent(stolen)));
  expect(answer).toEqual({ batchItemFailures: [{ itemIdentifier: "message-1" }] });
  expect((await here.socHeard()).map(({ detector }) => detector)).toEqual([
    "source-outside-ranges",
    "unusual-session-name",
  ]);
  expect(JSON.parse(said[0]!)).toEqual({
    messages: 3,
    records: 2,
    doubts: {},
    calls: 2,
    told: 4,
    skipped: {},
    rejected: [{ where: "message message-1, line 1", reason: "not JSON" }],
    failed: [{ id: "message-1", reason: "not JSON" }],
  });
});

test("a notification of an object that is not there goes back alone, with the reason in the log", async () => {
  const here = await scene();
  const { handler, said } = handlerOf(here);
  await here.put(KEY, deliveryFiles([oddlyNamed])[0]!.body);
  const { bucket } = here.stack;
  const answer = await handler(sqs(s3Notification(bucket, `${KEY}-gone`), s3Notification(bucket, KEY)));
  expect(answer).toEqual({ batchItemFailures: [{ itemIdentifier: "message-0" }] });
  expect(await here.socHeard()).toMatchObject([{ detector: "unusual-session-name", tenant: tenantOf(oddlyNamed) }]);
  expect(said[0]).toContain(`s3://${bucket}/${KEY}-gone: the object does not exist`);
});

test("a torn file sends its notification back, and the other files that it names are judged meanwhile", async () => {
  const here = await scene();
  const { handler, said } = handlerOf(here);
  await here.put("torn.json.gz", gzipSync("{}").subarray(0, 12));
  await here.put(KEY, deliveryFiles([oddlyNamed])[0]!.body);
  const notice = { s3Bucket: here.stack.bucket, s3ObjectKey: ["torn.json.gz", KEY] };
  expect(await handler(sqs(notice))).toEqual({ batchItemFailures: [{ itemIdentifier: "message-0" }] });
  expect(await here.socHeard()).toHaveLength(1);
  expect(said[0]).toContain("torn.json.gz: gzip: cut off");
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
      const { handler } = handlerOf({ ...here, world: { ...here.world, store: memoryStore() } });
      expect(await handler(sqs(delivered)), name).toEqual({ batchItemFailures: [] });
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
  expect(await here.socHeard()).toHaveLength(2);
  await handler(batch);
  await handler(sqs(snsWrapped(JSON.stringify(stolen))));
  expect(await here.socHeard()).toEqual([]);
});

test("while the SOC's topic takes nothing the batch fails, and its retry publishes once", async () => {
  const here = await scene();
  const { handler } = handlerOf(here);
  const { sns } = here.stack.clients;
  const batch = sqs(eventBridgeEvent(oddlyNamed));
  await sns.send(new DeleteTopicCommand({ TopicArn: here.soc.topicArn }));
  await expect(handler(batch)).rejects.toThrow("1 of 2 notifications failed");
  expect(await here.tenantHeard(tenantOf(oddlyNamed))).toHaveLength(1);

  await sns.send(new CreateTopicCommand({ Name: "soc" }));
  const Endpoint = here.soc.topicArn.replace(":sns:", ":sqs:");
  await sns.send(new SubscribeCommand({ TopicArn: here.soc.topicArn, Protocol: "sqs", Endpoint }));
  for (let time = 0; time < 2; time++) expect(await handler(batch)).toEqual({ batchItemFailures: [] });
  expect(await here.socHeard()).toHaveLength(1);
  expect(await here.tenantHeard(tenantOf(oddlyNamed))).toEqual([]);
});

test("a world that could not be had is asked for again by the next batch, and kept by those after", async () => {
  const here = await scene();
  let asked = 0;
  const handler = ingestFrom(
    () => (++asked === 1 ? Promise.reject(new Error("no network yet")) : Promise.resolve(here.world)),
    () => undefined,
  );
  const batch = sqs(eventBridgeEvent(oddlyNamed));
  await expect(handler(batch)).rejects.toThrow("no network yet");
  await handler(batch);
  await handler(batch);
  expect(asked).toBe(2);
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
