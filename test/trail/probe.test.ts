import { expect, test } from "vitest";
import { decode } from "../../src/trail/record.ts";
import { digester } from "../../src/trail/external-id.ts";
import { PROBE_POLICY, probeMark } from "../../src/trail/probe.ts";

const ROLE = "arn:aws:iam::111122223333:role/team/Vendor-7f3a";
const atMs = Date.UTC(2026, 10, 20, 10);
const ours = digester(new Uint8Array(32).fill(1));

function denied(userAgent: string, roleArn = ROLE, timeMs = atMs) {
  const raw = {
    eventSource: "sts.amazonaws.com",
    eventName: "AssumeRole",
    eventTime: new Date(timeMs).toISOString().replace(".000", ""),
    eventID: "e-1",
    errorCode: "AccessDenied",
    errorMessage: `User: arn:aws:sts::999988887777:assumed-role/scanner/x is not authorized to perform: sts:AssumeRole on resource: ${roleArn}`,
    userAgent,
    userIdentity: { type: "AssumedRole", arn: "arn:aws:sts::999988887777:assumed-role/scanner/x" },
  };
  return decode(raw, { digester: ours, latestMs: atMs + 1e9 });
}

const agent = (roleArn = ROLE, timeMs = atMs, by = ours) =>
  `aws-sdk-js/3.1 ${probeMark(by, roleArn, timeMs)} md/nodejs`;

test("the vendor's own probe is known again by its mark, though a denial records no request", () => {
  expect(denied(agent())).toEqual({ kind: "skipped", reason: "own probe" });
  expect(denied(agent(), ROLE, atMs + 119_000)).toEqual({ kind: "skipped", reason: "own probe" });
});

test("a probe that was let in is known only by a session that may do nothing", () => {
  const letIn = (policy: unknown) => {
    const raw = {
      ...{ eventSource: "sts.amazonaws.com", eventName: "AssumeRole", eventID: "e-2", userAgent: agent() },
      eventTime: new Date(atMs).toISOString(),
      userIdentity: { type: "AWSAccount", accountId: "999988887777", principalId: "AROAEXAMPLE:x" },
      requestParameters: { roleArn: ROLE, roleSessionName: "x", policy },
    };
    return decode(raw, { digester: ours, latestMs: atMs + 1e9 }).kind;
  };
  expect(letIn(PROBE_POLICY)).toBe("skipped");
  expect(letIn(undefined)).toBe("call");
  expect(letIn(PROBE_POLICY.replace("Deny", "Allow"))).toBe("call");
});

test.each([
  ["of another role", agent("arn:aws:iam::444455556666:role/Vendor-7f3a")],
  ["of three minutes ago, which a reader of the trail may have copied", agent(ROLE, atMs - 180_000)],
  ["of the future", agent(ROLE, atMs + 180_000)],
  ["by another key", agent(ROLE, atMs, digester(new Uint8Array(32).fill(2)))],
  ["cut off", agent().slice(0, 40)],
  ["with text glued to it", agent().replace(" md/", "0 md/")],
  ["that is none", "deputywatch-probe/zzzzzzzz.00000000000000000000000000000000"],
])("a mark %s hides no call", (_, userAgent) => {
  expect(denied(userAgent)).toMatchObject({ kind: "call" });
});
