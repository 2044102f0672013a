import * as fc from "fast-check";
import { expect, test } from "vitest";
import { joinCalls } from "../../src/memory/call-join.ts";
import type { Call, Caller } from "../../src/trail/call.ts";
import { call as anyCall } from "./arbitraries.ts";

const NOBODY: Caller = {
  kind: "Unknown",
  arn: null,
  principalId: null,
  account: null,
  roleArn: null,
  sessionName: null,
  userName: null,
  credential: null,
  invokedBy: null,
  human: [],
  sessionStartMs: null,
  machine: false,
  sourceIdentity: null,
};

/** The vendor's own copy of a crossing: everything that CloudTrail can tell. */
const callersCopy: Call = {
  key: "shared-1",
  eventIds: ["event-of-the-caller"],
  timeMs: Date.parse("2026-11-20T10:00:00Z"),
  operation: "AssumeRole",
  outcome: "allowed",
  errorCode: null,
  caller: {
    kind: "AssumedRole",
    arn: "arn:aws:sts::999988887777:assumed-role/integration-scanner/scan-acme",
    principalId: "AROAEXAMPLE:scan-acme",
    account: "999988887777",
    roleArn: "arn:aws:iam::999988887777:role/integration-scanner",
    sessionName: "scan-acme",
    userName: null,
    credential: { digest: "00112233445566aa", last4: "AMPL" },
    invokedBy: null,
    human: [
      { strength: "strong", marker: "console" },
      { strength: "medium", marker: "aws-cli on macOS" },
    ],
    sessionStartMs: null,
    machine: false,
    sourceIdentity: null,
  },
  target: { roleArn: "arn:aws:iam::111122223333:role/Vendor-7f3a", account: "111122223333" },
  asked: {
    sessionName: "scan-acme",
    externalId: { digest: `hmac-sha256:${"ab".repeat(32)}`, strength: "strong" },
    durationSeconds: 3600,
    sessionPolicy: true,
    sourceIdentity: null,
    mfaSerial: false,
  },
  issued: { digest: "ffeeddccbbaa0099", last4: "ISSU" },
  source: { address: "198.51.100.7", vpcEndpointId: null },
  userAgent: "aws-sdk-go-v2/1.30",
  region: "us-east-1",
  globalEndpoint: false,
  recipient: "999988887777",
  partial: false,
};

/** The customer's copy of the same call: it names an account and a principal, and nobody. */
function targetsCopyOf(whole: Call): Call {
  const { principalId, account } = whole.caller;
  return {
    ...whole,
    eventIds: ["event-of-the-target"],
    caller: { ...NOBODY, kind: "AWSAccount", principalId, account },
    recipient: whole.target.account,
    partial: true,
  };
}

/** The caller's copy with its longest fields cut (`omitted`). */
function truncatedCopyOf(whole: Call): Call {
  return { ...whole, eventIds: ["event-cut"], caller: { ...whole.caller, human: [] }, asked: null, partial: true };
}

/** The caller's copy delivered again, with what was missing at first (`addendum.reason` UPDATED_DATA). */
function updatedCopyOf(whole: Call): Call {
  return { ...whole, eventIds: ["event-updated"], asked: whole.asked && { ...whole.asked, mfaSerial: true } };
}

function orders<T>(items: readonly T[]): T[][] {
  if (items.length <= 1) return [[...items]];
  return items.flatMap((item, at) => orders(items.toSpliced(at, 1)).map((rest) => [item, ...rest]));
}

function joinAll(copies: readonly Call[]): Call {
  return copies.reduce(joinCalls);
}

test("the customer's copy and the vendor's make one call that names its caller, whichever arrives first", () => {
  const poor = targetsCopyOf(callersCopy);
  const expected: Call = {
    ...callersCopy,
    eventIds: ["event-of-the-caller", "event-of-the-target"],
    recipient: "111122223333",
  };
  expect(joinCalls(structuredClone(callersCopy), structuredClone(poor))).toEqual(expected);
  expect(joinCalls(structuredClone(poor), structuredClone(callersCopy))).toEqual(expected);
});

test("up to four copies of any call make the same call in every order of arrival", () => {
  const RUNS = 150;
  let telling = 0;
  fc.assert(
    fc.property(anyCall, fc.integer({ min: 2, max: 4 }), (whole, count) => {
      const copies = [targetsCopyOf(whole), truncatedCopyOf(whole), whole, updatedCopyOf(whole)].slice(0, count);
      const [first, ...others] = orders(copies).map((order) => JSON.stringify(joinAll(order)));
      for (const other of others) expect(other).toBe(first);
      telling += copies.every((copy) => JSON.stringify(joinAll([copy, copy])) !== first) ? 1 : 0;
    }),
    { numRuns: RUNS },
  );
  expect(telling / RUNS, "share of joins that no single copy could have told").toBeGreaterThanOrEqual(0.5);
});

test("the richest identity wins in every order of arrival, and poorer copies take nothing away", () => {
  const copies = [targetsCopyOf(callersCopy), truncatedCopyOf(callersCopy), callersCopy, updatedCopyOf(callersCopy)];
  for (const order of orders(copies)) {
    const { caller, asked, issued, source, partial, eventIds } = joinAll(order);
    expect(caller).toEqual(callersCopy.caller);
    expect(asked).toEqual({ ...callersCopy.asked, mfaSerial: true });
    expect({ issued, source, partial }).toEqual({
      issued: callersCopy.issued,
      source: callersCopy.source,
      partial: false,
    });
    expect(eventIds).toEqual(["event-cut", "event-of-the-caller", "event-of-the-target", "event-updated"]);
  }
});

test("a call of which only poor copies came stays partial", () => {
  const poor = joinCalls(targetsCopyOf(callersCopy), truncatedCopyOf(callersCopy));
  expect(poor.partial).toBe(true);
  expect(poor.caller.arn).toBe(callersCopy.caller.arn);
});

test("an external ID that is digested beats one that is hidden, which beats none", () => {
  const digested = callersCopy.asked!.externalId;
  const asking = (externalId: NonNullable<Call["asked"]>["externalId"]): Call => ({
    ...callersCopy,
    asked: { ...callersCopy.asked!, externalId },
  });
  for (const order of orders([asking(null), asking("hidden"), asking(digested)])) {
    expect(joinAll(order).asked?.externalId).toEqual(digested);
  }
  for (const order of orders([asking(null), asking("hidden")])) expect(joinAll(order).asked?.externalId).toBe("hidden");
});

test("markers of a human are told strongest first, each once, at its strongest", () => {
  const seeing = (human: Caller["human"]): Call => ({ ...callersCopy, caller: { ...callersCopy.caller, human } });
  const one = seeing([
    { strength: "weak", marker: "access key" },
    { strength: "medium", marker: "browser" },
  ]);
  const other = seeing([
    { strength: "strong", marker: "SSO" },
    { strength: "medium", marker: "access key" },
  ]);
  for (const order of orders([one, other])) {
    expect(joinAll(order).caller.human).toEqual([
      { strength: "strong", marker: "SSO" },
      { strength: "medium", marker: "access key" },
      { strength: "medium", marker: "browser" },
    ]);
  }
});
