import { expect, test } from "vitest";
import type { Call } from "../../src/trail/call.ts";
import { decode } from "../../src/trail/record.ts";
import {
  asking,
  callOf,
  CALLERS_KEY,
  EXTERNAL_ID,
  hash,
  ISSUED_KEY,
  OPTIONS,
  RECORD,
  SCANNER,
  SESSION,
  TARGET,
} from "./sample-record.ts";

const denied = (errorMessage: string): Readonly<Record<string, unknown>> => ({
  errorCode: "AccessDenied",
  errorMessage,
  requestParameters: null,
  responseElements: null,
  resources: undefined,
});

test("the caller's copy of a success tells everything, and no secret", () => {
  expect(callOf()).toEqual({
    key: "shared-1",
    eventIds: ["e-vendor"],
    timeMs: Date.UTC(2026, 10, 20, 10),
    operation: "AssumeRole",
    outcome: "allowed",
    errorCode: null,
    caller: {
      kind: "AssumedRole",
      arn: SESSION,
      principalId: "AROAEXAMPLESCANNER:scan-1",
      account: "999988887777",
      roleArn: SCANNER,
      sessionName: "scan-1",
      userName: "scanner",
      credential: hash.credential(CALLERS_KEY),
      invokedBy: null,
      human: [],
      sessionStartMs: expect.any(Number) as number,
      machine: false,
      sourceIdentity: "scanner-job",
    },
    target: { roleArn: TARGET, account: "111122223333" },
    asked: {
      sessionName: "scan-acme",
      externalId: { digest: hash.externalId(EXTERNAL_ID), strength: "strong" },
      durationSeconds: 3600,
      sessionPolicy: true,
      sourceIdentity: "scanner-job",
      mfaSerial: false,
    },
    issued: hash.credential(ISSUED_KEY),
    source: { address: "198.51.100.7", vpcEndpointId: "vpce-0a1b2c3d" },
    userAgent: "Boto3/1.42.3",
    region: "eu-west-1",
    globalEndpoint: false,
    recipient: "999988887777",
    partial: false,
  } satisfies Call);
});

test("the target's copy is the same call, does not name the caller, and is known by the caller's type alone", () => {
  const userIdentity = { type: "AWSAccount", principalId: "AROAEXAMPLESCANNER:scan-1", accountId: "999988887777" };
  for (const recipientAccountId of ["111122223333", "999988887777"]) {
    const copy = callOf({ eventID: "e-customer", userIdentity, recipientAccountId });
    expect(copy).toMatchObject({ key: "shared-1", eventIds: ["e-customer"], partial: true });
    expect(copy.caller).toMatchObject({ kind: "AWSAccount", arn: null, roleArn: null, account: "999988887777" });
    expect(copy.asked).toEqual(callOf().asked);
    expect(copy.issued).toEqual(callOf().issued);
  }
});

test("a denial names its role in the error message only, and tells nothing of what was asked", () => {
  const because = "because no identity-based policy allows the sts:AssumeRole action";
  for (const rest of ["", ` ${because}`, " with an explicit deny", "."]) {
    const call = callOf(
      denied(`User: ${SESSION} is not authorized to perform: sts:AssumeRole on resource: ${TARGET}${rest}`),
    );
    expect(call).toMatchObject({ outcome: "denied", asked: null, issued: null });
    expect(call.target).toEqual({ roleArn: TARGET, account: "111122223333" });
  }
});

test("a role that a message cut at 1 KB may have cut is not believed", () => {
  const start = `User: ${SESSION} ${"x".repeat(880)} is not authorized to perform: sts:AssumeRole on resource: `;
  const message = `${start}${TARGET}`.slice(0, 1024);
  expect(message).toHaveLength(1024);
  expect(TARGET.startsWith(message.slice(start.length))).toBe(true);
  expect(callOf(denied(message)).target).toEqual({ roleArn: null, account: null });
  expect(callOf(denied(`${message.slice(20, 900)} on resource: ${TARGET} because`)).target.roleArn).toBe(TARGET);
});

test("a denial that does record its parameters, as another account's may, is read like any other call", () => {
  const call = callOf({ errorCode: "AccessDenied", errorMessage: "not authorized", responseElements: null });
  expect(call).toMatchObject({ outcome: "denied", target: { roleArn: TARGET }, issued: null });
  expect(call.asked?.sessionName).toBe("scan-acme");
});

test.each([
  ["AccessDenied", "denied"],
  ["AccessDeniedException", "denied"],
  ["Client.UnauthorizedOperation", "denied"],
  ["ExpiredTokenException", "failed"],
  ["ThrottlingException", "failed"],
  ["MalformedPolicyDocumentException", "failed"],
])("%s means %s", (errorCode, outcome) => {
  expect(callOf({ errorCode }).outcome).toBe(outcome);
});

test("an error message without a code is no success", () => {
  const errorMessage = `User: ${SESSION} is not authorized to perform: sts:AssumeRole`;
  expect(callOf({ errorMessage })).toMatchObject({ outcome: "denied", errorCode: null });
  expect(callOf({ errorMessage: "Rate exceeded" }).outcome).toBe("failed");
});

test("an AWS service's own assumption is known as one", () => {
  const invokedBy = "ecs-tasks.amazonaws.com";
  const call = callOf({
    userIdentity: { type: "AWSService", invokedBy },
    sourceIPAddress: invokedBy,
    userAgent: invokedBy,
    sharedEventID: undefined,
  });
  expect(call).toMatchObject({ key: "e-vendor", caller: { kind: "AWSService", invokedBy, arn: null, human: [] } });
});

test.each([
  ["AssumeRoleWithSAML", "SAMLUser", "SAML_123=:sam@example.com", ["federated person"]],
  ["AssumeRoleWithWebIdentity", "WebIdentityUser", "accounts.example.com:app:user-1", []],
])("%s has a caller without an ARN or an account", (eventName, type, principalId, markers) => {
  const call = callOf({ eventName, userIdentity: { type, principalId, userName: "user-1" } });
  expect(call).toMatchObject({ operation: eventName, target: { roleArn: TARGET } });
  expect(call.caller).toMatchObject({ kind: type, arn: null, account: null, principalId });
  expect(call.caller.human.map(({ marker }) => marker).filter((marker) => marker === "federated person")).toEqual(
    markers,
  );
});

test("a console switch that shows as an AssumeRole from AWS Internal is a person's", () => {
  const call = callOf({ sourceIPAddress: "AWS Internal", userAgent: "AWS Internal" });
  expect(call.source.address).toBe("AWS Internal");
  expect(call.caller.human).toEqual([{ strength: "strong", marker: "console role switch" }]);
});

test.each(["111122223333", "arn:aws:iam::111122223333:root"])("AssumeRoot enters the member account %s", (member) => {
  const requestParameters = { targetPrincipal: member, taskPolicyArn: { arn: "arn:aws:iam::aws:policy/x" } };
  const call = callOf({ eventName: "AssumeRoot", requestParameters, resources: undefined });
  expect(call.target).toEqual({ roleArn: null, account: "111122223333" });
});

test("strings for booleans and numbers, and numbers for accounts, are read as what they say", () => {
  const call = callOf({
    ...asking({ durationSeconds: "28800" }),
    readOnly: "true",
    sessionCredentialFromConsole: "true",
    recipientAccountId: 99988887777,
    userIdentity: { ...RECORD.userIdentity, accountId: 999988887777 },
  });
  expect(call.asked?.durationSeconds).toBe(28_800);
  expect(call.caller.human).toEqual([{ strength: "strong", marker: "console credentials" }]);
  expect(call.recipient).toBe("099988887777");
  expect(call.caller.account).toBe("999988887777");
});

test.each(["1e3", "0x10", " ", "-5", "3600.5", true, {}, null])("a duration of %j is none", (durationSeconds) => {
  expect(callOf(asking({ durationSeconds })).asked?.durationSeconds).toBeNull();
});

test.each([undefined, "", "1.0", "1.08", "1.11", "1.99", "1", 1.08])("eventVersion %j is read", (eventVersion) => {
  expect(callOf({ eventVersion }).key).toBe("shared-1");
});

test.each(["2.0", "2", "0.9", "10.1"])("eventVersion %s is judged all the same, and with doubt", (eventVersion) => {
  expect(decode({ ...RECORD, eventVersion }, OPTIONS)).toMatchObject({
    kind: "call",
    call: { key: "shared-1" },
    doubt: "eventVersion of another major",
  });
});

test("the time may stand in @timestamp, and is otherwise what the record says", () => {
  const timestamped = { eventTime: undefined, "@timestamp": "2026-11-20T10:00:00.000Z" };
  expect(callOf(timestamped).timeMs).toBe(Date.UTC(2026, 10, 20, 10));
  for (const eventTime of [undefined, null, "", 1763632800, "2026-02-30T10:00:00Z", "2027-01-01T00:00:01Z", {}]) {
    expect(decode({ ...RECORD, eventTime }, OPTIONS)).toEqual({ kind: "rejected", reason: "no valid event time" });
  }
});

test("an external ID that the record keeps back is hidden, one that was not sent is null", () => {
  for (const externalId of ["HIDDEN_DUE_TO_SECURITY_REASONS", { omitted: true }, ["x"], true]) {
    expect(callOf(asking({ externalId })).asked?.externalId).toBe("hidden");
  }
  for (const externalId of [undefined, null, ""]) expect(callOf(asking({ externalId })).asked?.externalId).toBeNull();
  const number = callOf(asking({ externalId: 123456789012 })).asked?.externalId;
  expect(number).toEqual({ digest: hash.externalId("123456789012"), strength: "weak" });
});

test("fields that were cut leave the call partial, and parameters that were cut say nothing", () => {
  const omitted = { omitted: true, originalSize: 300_000, reason: "event size" };
  expect(callOf({ requestParameters: omitted })).toMatchObject({
    partial: true,
    asked: null,
    target: { roleArn: TARGET },
  });
  expect(callOf({ responseElements: { omitted: "true" } })).toMatchObject({ partial: true, issued: null });
});

test("an addendum that updates an event is the same call; a late delivery keeps its own id", () => {
  const alone = { sharedEventID: undefined, eventID: "e-2" };
  expect(callOf({ ...alone, addendum: { reason: "UPDATED_DATA", originalEventID: "e-1" } })).toMatchObject({
    key: "e-1",
    eventIds: ["e-2"],
  });
  expect(callOf({ ...alone, addendum: { reason: "DELIVERY_DELAY" } }).key).toBe("e-2");
});

test("a record without any id is known by what it says", () => {
  const nameless = { eventID: undefined, sharedEventID: undefined };
  const { key, eventIds } = callOf(nameless);
  expect(key).toMatch(/^record-[0-9a-f]{32}$/);
  expect(eventIds).toEqual([]);
  expect(callOf(nameless).key).toBe(key);
  expect(callOf({ ...nameless, requestID: "r-2" }).key).not.toBe(key);
});

test.each([
  [
    "the global endpoint, by its details",
    { additionalEventData: { RequestDetails: { endpointType: "global", awsServingRegion: "eu-west-1" } } },
    "eu-west-1",
    true,
  ],
  [
    "the global endpoint, by the host that was asked",
    { additionalEventData: null, tlsDetails: { clientProvidedHostHeader: "sts.amazonaws.com" } },
    "us-east-1",
    true,
  ],
  ["a regional endpoint", {}, "eu-west-1", false],
  ["no details", { additionalEventData: null, tlsDetails: null }, "us-east-1", false],
])("where a call was served: %s", (_what, changes, region, globalEndpoint) => {
  expect(callOf(changes)).toMatchObject({ region, globalEndpoint });
});

test.each([
  [
    "a role's path, which the session's ARN drops",
    { userIdentity: { ...RECORD.userIdentity, sessionContext: null } },
    { caller: { roleArn: "arn:aws:iam::999988887777:role/scanner" } },
  ],
  ["a user agent in a list", { userAgent: [null, "Boto3/1", "x"] }, { userAgent: "Boto3/1" }],
  [
    "a success without assumedRoleUser",
    { responseElements: { credentials: { accessKeyId: ISSUED_KEY } } },
    { outcome: "allowed", issued: { last4: "D002" } },
  ],
  ["a role among the resources only", { requestParameters: {} }, { target: { roleArn: TARGET } }],
  ["no address", { sourceIPAddress: undefined }, { source: { address: "" } }],
  [
    "an address with leading zeros, as it is",
    { sourceIPAddress: "253.252.51.07" },
    { source: { address: "253.252.51.07" } },
  ],
])("odd but real: %s", (_what, changes, expected) => {
  expect(callOf(changes)).toMatchObject(expected);
});

test.each([
  [null, "rejected"],
  ["text", "rejected"],
  [[RECORD], "rejected"],
  [{}, "rejected"],
  [{ ...RECORD, eventName: 7 }, "rejected"],
  [{ ...RECORD, eventSource: "ec2.amazonaws.com" }, "skipped"],
  [{ ...RECORD, eventName: "GetCallerIdentity" }, "skipped"],
  [{ ...RECORD, eventType: "AwsCloudTrailInsight" }, "skipped"],
  [{ ...RECORD, eventCategory: "Insight" }, "skipped"],
])("what is no call is said to be none (%#)", (raw, kind) => {
  expect(decode(raw, OPTIONS).kind).toBe(kind);
});
