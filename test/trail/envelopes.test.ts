import { gzipSync } from "node:zlib";
import { expect, test } from "vitest";
import { openBytes, openText, openValue } from "../../src/trail/envelopes/open.ts";
import type { Opened } from "../../src/trail/envelopes/open.ts";

const record = {
  eventVersion: "1.11",
  eventSource: "sts.amazonaws.com",
  eventName: "AssumeRole",
  eventTime: "2026-11-20T10:00:00Z",
  userIdentity: { type: "AssumedRole" },
  recipientAccountId: "999988887777",
};
const key = "AWSLogs/111122223333/CloudTrail/us-east-1/2026/11/20/a b.json.gz";
const uploaded = {
  eventVersion: "2.1",
  eventSource: "aws:s3",
  awsRegion: "us-east-1",
  eventName: "ObjectCreated:Put",
  s3: {
    bucket: { name: "trail" },
    object: { key: "AWSLogs/111122223333/CloudTrail/us-east-1/2026/11/20/a+b.json.gz" },
  },
};
const fetched = { bucket: "trail", key, region: "us-east-1" };
const event = (kind: string, detail: unknown, source = "aws.sts"): object => ({
  version: "0",
  "detail-type": kind,
  source,
  region: "us-east-1",
  detail,
});
const line = JSON.stringify(record);
const subscription = (...messages: string[]): object => ({
  messageType: "DATA_MESSAGE",
  logGroup: "trail",
  logEvents: messages.map((message, id) => ({ id, timestamp: 0, message })),
});
const packed = (value: unknown): string => gzipSync(JSON.stringify(value)).toString("base64");
const sns = (message: unknown): object => ({
  Type: "Notification",
  Message: typeof message === "string" ? message : JSON.stringify(message),
});
const sqs = (body: unknown): object => ({
  eventSource: "aws:sqs",
  messageId: "1",
  body: typeof body === "string" ? body : JSON.stringify(body),
});

const told = ({ records, objects, skipped, rejected }: Opened): object => ({
  ...(records.length > 0 && { records: records.length }),
  ...(objects.length > 0 && { objects }),
  ...(skipped.size > 0 && { skipped: Object.fromEntries(skipped) }),
  ...(rejected.length > 0 && { rejected: rejected.map(({ where, reason }) => `${where}: ${reason}`) }),
});

const NOT_KNOWN = "not a CloudTrail record nor an envelope known to deputywatch";

const ENVELOPES: Record<string, [value: unknown, expected: object]> = {
  "a bare record": [record, { records: 1 }],
  "a record without its source and caller": [{ eventName: "AssumeRole", eventTime: "x" }, { records: 1 }],
  "a log file": [{ Records: [record, record] }, { records: 2 }],
  "a list of records": [[record, record], { records: 2 }],
  "a log file with an element that the decoder must judge": [{ Records: [{ odd: 1 }] }, { records: 1 }],
  "an empty log file": [{ Records: [] }, { skipped: { "empty list": 1 } }],
  "an Insights event in a log file": [
    { Records: [record, { eventType: "AwsCloudTrailInsight", eventName: "x" }] },
    { records: 1, skipped: { insight: 1 } },
  ],
  "a list with what is no object": [
    { Records: [record, 7, null] },
    { records: 1, rejected: ["Records[1]: not a JSON object", "Records[2]: not a JSON object"] },
  ],
  "an API call through EventBridge": [event("AWS API Call via CloudTrail", record), { records: 1 }],
  "a console sign-in through EventBridge": [event("AWS Console Sign In via CloudTrail", record), { records: 1 }],
  "a service event through EventBridge": [event("AWS Service Event via CloudTrail", record), { records: 1 }],
  "a call through EventBridge that AWS did not send": [
    event("AWS API Call via CloudTrail", record, "custom.app"),
    { rejected: ["document: EventBridge event of AWS's kind that AWS did not send"] },
  ],
  "another service's event through EventBridge": [
    event("EC2 Instance State-change Notification", {}),
    { skipped: { "other event": 1 } },
  ],
  "a new object through EventBridge, its key not encoded": [
    event("Object Created", { bucket: { name: "trail" }, object: { key: "a+b%20c" } }, "aws.s3"),
    { objects: [{ bucket: "trail", key: "a+b%20c", region: "us-east-1" }] },
  ],
  "a deleted object through EventBridge": [event("Object Deleted", {}, "aws.s3"), { skipped: { "object deleted": 1 } }],
  "a restored object through EventBridge": [
    event("Object Restore Completed", {}, "aws.s3"),
    { skipped: { "other s3 event": 1 } },
  ],
  "S3's notification, its key encoded": [{ Records: [uploaded] }, { objects: [fetched] }],
  "S3's notification of a deletion": [
    { Records: [{ ...uploaded, eventName: "ObjectRemoved:Delete" }] },
    { skipped: { "object deleted": 1 } },
  ],
  "S3's notification with a key that cannot be decoded": [
    { Records: [{ ...uploaded, s3: { bucket: { name: "trail" }, object: { key: "%E0%A4%A" } } }] },
    { rejected: ["Records[0]: notification without a readable bucket and key"] },
  ],
  "S3's notification of a digest and of an Insights file": [
    {
      Records: ["CloudTrail-Digest", "CloudTrail-Insight"].map((kind) => ({
        ...uploaded,
        s3: { bucket: { name: "trail" }, object: { key: `AWSLogs/111122223333/${kind}/us-east-1/x.json.gz` } },
      })),
    },
    { skipped: { "digest file": 1, insight: 1 } },
  ],
  "S3's test event": [{ Service: "Amazon S3", Event: "s3:TestEvent" }, { skipped: { "s3 test event": 1 } }],
  "records and notifications in one list": [
    { Records: [record, uploaded, sqs({ Records: [record] })] },
    { records: 2, objects: [fetched] },
  ],
  "CloudTrail's own notice": [
    { s3Bucket: "trail", s3ObjectKey: [key, "AWSLogs/1/CloudTrail-Digest/x"] },
    { objects: [{ bucket: "trail", key, region: null }], skipped: { "digest file": 1 } },
  ],
  "an SNS notification": [sns({ Records: [uploaded] }), { objects: [fetched] }],
  "an SNS body of a message alone": [{ Message: line }, { records: 1 }],
  "CloudTrail's validation message": [sns("CloudTrail validation message."), { skipped: { "validation message": 1 } }],
  "an SNS subscription": [
    { Type: "SubscriptionConfirmation", Message: "You have chosen to subscribe", Token: "x" },
    { skipped: { "subscription message": 1 } },
  ],
  "SNS within SQS for a function": [
    { Records: [sqs(sns(event("AWS API Call via CloudTrail", record))), sqs("Hello")] },
    { records: 1, rejected: ["Records[1].body.line 1: not JSON"] },
  ],
  "SNS for a function": [{ Records: [{ EventSource: "aws:sns", Sns: sns(record) }] }, { records: 1 }],
  "Kinesis for a function, with a compressed subscription": [
    { Records: [{ eventSource: "aws:kinesis", kinesis: { data: packed(subscription(line)) } }] },
    { records: 1 },
  ],
  "another trigger of a function": [{ Records: [{ eventSource: "aws:dynamodb" }] }, { skipped: { "other event": 1 } }],
  "a CloudWatch Logs subscription, among other lines": [
    { awslogs: { data: packed(subscription(line, "START RequestId", '{"level":"info"}', "{broken")) } },
    { records: 1, skipped: { "other log line": 3 } },
  ],
  "a log line of CloudTrail that is cut off": [
    subscription(line.slice(0, -5)),
    { rejected: ["logEvents[0].message.line 1: not JSON"] },
  ],
  "a control message": [
    { messageType: "CONTROL_MESSAGE", logEvents: [{ id: "", message: "CWL CONTROL MESSAGE: Checking" }] },
    { skipped: { "control message": 1 } },
  ],
  "a page of LookupEvents": [{ Events: [{ EventId: "1", CloudTrailEvent: line }], NextToken: "x" }, { records: 1 }],
  "an event of LookupEvents that is broken": [
    { EventId: "1", CloudTrailEvent: "{" },
    { rejected: ["CloudTrailEvent.line 1: not JSON"] },
  ],
  "a digest file": [{ digestS3Object: "x", logFiles: [] }, { skipped: { "digest file": 1 } }],
  "a shipper's wrapper of an object": [{ host: "a", _raw: { Records: [record] } }, { records: 1 }],
  "a shipper's wrapper of a string": [[{ data: line }, { message: ` ${line}` }], { records: 2 }],
  "something else": [{ Version: "2012-10-17", Statement: [] }, { rejected: [`document: ${NOT_KNOWN}`] }],
  "a number": [7, { rejected: ["document: not a JSON object"] }],
};

test.each(Object.entries(ENVELOPES))("%s is opened, as a value and as text", (_name, [value, expected]) => {
  expect(told(openValue(value))).toEqual(expected);
  expect(told(openText(JSON.stringify(value)))).toEqual(expected);
  expect(told(openText(JSON.stringify(value, null, 2)))).toEqual(expected);
  expect(told(openBytes(Buffer.from(JSON.stringify(value))))).toEqual(expected);
});

test("a record keeps what it holds, to the last character", () => {
  const odd = { ...record, userAgent: "Ünïcode \u2028 😀", requestParameters: { externalId: "a".repeat(9) } };
  for (const value of [{ Records: [odd] }, event("AWS API Call via CloudTrail", odd), { _raw: JSON.stringify(odd) }]) {
    expect(openBytes(Buffer.from(JSON.stringify(value))).records).toEqual([odd]);
  }
});

test("the list of a log file is handed on as it is, and never written to", () => {
  const Records = [record, record];
  expect(openValue({ Records }).records).toBe(Records);
  expect(openValue([{ Records }, record]).records).toHaveLength(3);
  expect(Records).toHaveLength(2);
});

test("seven wrappers are one too many, and the reason says so", () => {
  const wrap = (times: number): unknown => (times === 0 ? record : { data: wrap(times - 1) });
  expect(told(openValue(wrap(6)))).toEqual({ records: 1 });
  expect(told(openValue(wrap(7)))).toEqual({
    rejected: ["data.data.data.data.data.data.data: wrapped more than 6 times"],
  });
});

test("gzip inside a message is opened once, and a thousand small bombs weigh no more than one", () => {
  const bomb = gzipSync(Buffer.alloc(8 * 1024 * 1024)).toString("base64");
  const many = Array.from({ length: 1000 }, () => ({ awslogs: { data: bomb } }));
  const { rejected } = openValue(many);
  expect(rejected).toHaveLength(1000);
  expect(rejected[999]).toEqual({
    where: "[999].awslogs.data",
    reason: "gzip: enough has been inflated for one message",
  });
  expect(told(openText(packed(packed(record))))).toEqual({
    rejected: ["document: gzip inside gzip: only one layer is opened"],
  });
});
