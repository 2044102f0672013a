import { expect, test } from "vitest";
import { callOf, ISSUED_KEY, SESSION, TARGET } from "./sample-record.ts";

const SWITCH = {
  eventSource: "signin.amazonaws.com",
  eventName: "SwitchRole",
  eventType: "AwsConsoleSignIn",
  sharedEventID: undefined,
  recipientAccountId: "111122223333",
  sourceIPAddress: "203.0.113.9",
  userAgent: "Mozilla/5.0",
  requestParameters: null,
  responseElements: { SwitchRole: "Success" },
  resources: undefined,
  userIdentity: {
    type: "AssumedRole",
    principalId: "AROAEXAMPLETARGET:sam",
    arn: "arn:aws:sts::111122223333:assumed-role/Vendor-7f3a/sam",
    accountId: "111122223333",
    accessKeyId: ISSUED_KEY,
    sessionContext: { sessionIssuer: { arn: TARGET }, attributes: {} },
  },
};

test("the console's SwitchRole is logged as the session that was entered; the person stands in SwitchFrom", () => {
  const SwitchFrom = "arn:aws:iam::999988887777:user/ops/sam";
  const call = callOf({
    ...SWITCH,
    additionalEventData: { SwitchFrom, RedirectTo: "https://console.aws.amazon.com/" },
  });
  expect(call).toMatchObject({
    operation: "SwitchRole",
    outcome: "allowed",
    asked: null,
    target: { roleArn: TARGET, account: "111122223333" },
    source: { address: "203.0.113.9" },
  });
  expect(call.caller).toMatchObject({
    kind: "IAMUser",
    arn: SwitchFrom,
    account: "999988887777",
    userName: "sam",
    roleArn: null,
    sessionName: null,
    credential: null,
  });
  expect(call.caller.human).toContainEqual({ strength: "strong", marker: "console role switch" });
});

test("a role switch out of a role's session is that role's, and a refused one is denied", () => {
  const call = callOf({
    ...SWITCH,
    responseElements: { SwitchRole: "Failure" },
    additionalEventData: { SwitchFrom: SESSION },
  });
  expect(call.outcome).toBe("denied");
  expect(call.caller).toMatchObject({
    kind: "AssumedRole",
    roleArn: "arn:aws:iam::999988887777:role/scanner",
    sessionName: "scan-1",
  });
});
