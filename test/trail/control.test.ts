import { expect, test } from "vitest";
import { controlOf, resourceOf } from "../../src/trail/control.ts";
import { digester } from "../../src/trail/external-id.ts";
import { decode } from "../../src/trail/record.ts";

const OPTIONS = { digester: digester(new Uint8Array(32)), latestMs: Date.UTC(2027, 0, 1) };

test.each([
  ["cloudtrail.amazonaws.com", "StopLogging", "StopLogging"],
  ["s3.amazonaws.com", "PutBucketLifecycle", "PutBucketLifecycle"],
  ["lambda.amazonaws.com", "UpdateEventSourceMapping20150331", "UpdateEventSourceMapping"],
  ["lambda.amazonaws.com", "DeleteFunction20150331", "DeleteFunction"],
  ["lambda.amazonaws.com", "PutFunctionConcurrency20171031", "PutFunctionConcurrency"],
  ["cloudtrail.amazonaws.com", "DescribeTrails", null],
  ["s3.amazonaws.com", "StopLogging", null],
  ["constructor", "toString", null],
])("%s %s is %s", (service, eventName, operation) => {
  expect(controlOf(service, eventName)).toBe(operation);
});

test.each([
  [{ name: "org-trail" }, "org-trail"],
  [{ bucketName: "trail-bucket", lifecycle: "" }, "trail-bucket"],
  [{ uUID: "91eaeb7e-c976-4939-9671-d0e9b8e2ba4d" }, "91eaeb7e-c976-4939-9671-d0e9b8e2ba4d"],
  [{ name: { nested: true }, keyId: "key-1" }, "key-1"],
  [{ name: "" }, null],
  ["omitted", null],
  [null, null],
  [undefined, null],
])("what %j changed is %s", (requestParameters, resource) => {
  expect(resourceOf({ requestParameters })).toBe(resource);
});

test("a change to the trail keeps who, what, whence and whether it was let through", () => {
  const record = {
    eventVersion: "1.11",
    eventID: "e-1",
    eventTime: "2026-11-20T10:00:00Z",
    eventSource: "cloudtrail.amazonaws.com",
    eventName: "StopLogging",
    awsRegion: "eu-west-1",
    sourceIPAddress: "203.0.113.9",
    userAgent: "aws-cli/2.15.0",
    errorCode: "AccessDenied",
    recipientAccountId: "999988887777",
    requestParameters: { name: "org-trail" },
    userIdentity: {
      type: "AssumedRole",
      principalId: "AROAEXAMPLEADMIN:ops",
      arn: "arn:aws:sts::999988887777:assumed-role/admin/ops",
      accessKeyId: "ASIAEXAMPLEADMINKEY1",
    },
  };
  const decoded = decode(record, OPTIONS);
  expect(decoded).toMatchObject({
    kind: "control",
    event: {
      key: "e-1",
      service: "cloudtrail.amazonaws.com",
      operation: "StopLogging",
      outcome: "denied",
      resource: "org-trail",
      caller: { kind: "AssumedRole", account: "999988887777", sessionName: "ops" },
      source: { address: "203.0.113.9", vpcEndpointId: null },
      region: "eu-west-1",
    },
  });
  expect(JSON.stringify(decoded)).not.toContain("ASIAEXAMPLEADMINKEY1");
});
