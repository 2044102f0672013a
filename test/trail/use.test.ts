import { expect, test } from "vitest";
import { decode } from "../../src/trail/record.ts";
import { roleInUse } from "../../src/trail/use.ts";
import { CALLERS_KEY, hash, OPTIONS, RECORD, SCANNER, SESSION, SESSION_TOKEN } from "./sample-record.ts";

const USE = {
  ...RECORD,
  eventSource: "s3.amazonaws.com",
  eventName: "ListBuckets",
  sharedEventID: undefined,
  requestParameters: { Host: "s3.us-east-1.amazonaws.com", "x-amz-security-token": SESSION_TOKEN },
  responseElements: null,
};
const watching = (roleArn: string) => ({ ...OPTIONS, watches: (role: string) => role === roleArn });

test("what a watched role's session does is a use, with its key digested and its token left behind", () => {
  const decoded = decode(USE, watching(SCANNER));
  expect(decoded).toMatchObject({
    kind: "use",
    use: {
      ...{ key: "e-vendor", service: "s3.amazonaws.com", operation: "ListBuckets", outcome: "allowed" },
      caller: { kind: "AssumedRole", roleArn: SCANNER, credential: hash.credential(CALLERS_KEY) },
      source: { address: "198.51.100.7", vpcEndpointId: "vpce-0a1b2c3d" },
    },
  });
  expect(JSON.stringify(decoded)).not.toMatch(new RegExp(`${CALLERS_KEY}|${SESSION_TOKEN}`));
});

test("what anybody else does is nobody's business, and so is everything where no role is watched", () => {
  const skipped = { kind: "skipped", reason: "other event" };
  expect(decode(USE, watching("arn:aws:iam::999988887777:role/other"))).toEqual(skipped);
  expect(decode(USE, OPTIONS)).toEqual(skipped);
});

test("role assumptions and changes to the trail stay what they are, whoever makes them", () => {
  expect(decode(RECORD, watching(SCANNER)).kind).toBe("call");
  const stop = { ...USE, eventSource: "cloudtrail.amazonaws.com", eventName: "StopLogging" };
  expect(decode(stop, watching(SCANNER)).kind).toBe("control");
});

test("a session whose issuer is not recorded is known by its own ARN, which has lost the role's path", () => {
  expect(roleInUse({ userIdentity: { type: "AssumedRole", arn: SESSION } })).toBe(
    "arn:aws:iam::999988887777:role/scanner",
  );
});

test.each([
  [undefined],
  [null],
  ["AssumedRole"],
  [[]],
  [{ type: "AssumedRole" }],
  [{ type: "AssumedRole", arn: 7, sessionContext: "none" }],
  [{ type: "AssumedRole", arn: "arn:aws:sts::1:federated-user/x", sessionContext: { sessionIssuer: null } }],
  [{ type: "IAMUser", arn: SESSION }],
  [{ type: ["AssumedRole"], arn: SESSION }],
])("userIdentity %j names no role", (userIdentity) => {
  expect(roleInUse({ userIdentity })).toBeNull();
  expect(decode({ ...USE, userIdentity }, { ...OPTIONS, watches: () => true }).kind).toBe("skipped");
});

test("a use without a valid time is rejected like any record that would be judged", () => {
  expect(decode({ ...USE, eventTime: "yesterday" }, watching(SCANNER))).toMatchObject({ kind: "rejected" });
});
