import fc from "fast-check";
import { expect, test } from "vitest";
import { decode } from "../../src/trail/record.ts";
import { digester } from "../../src/trail/external-id.ts";
import { auditTrust, type AuditInput } from "../../src/trust/audit.ts";
import { OWN, SCANNER, trustPolicy, VENDOR } from "../trust/policies.ts";

const KEY = digester(new Uint8Array(32).fill(3));
const ID = "7f3a9c1e-5b2d-4046-8abc-0123456789ab";
const TIME = "2026-11-20T10:00:00Z";

function changeTo(document: unknown, changes: object = {}) {
  const record = {
    eventSource: "iam.amazonaws.com",
    eventName: "UpdateAssumeRolePolicy",
    eventTime: TIME,
    eventID: "e-1",
    awsRegion: "us-east-1",
    recipientAccountId: OWN,
    userIdentity: { type: "IAMUser", arn: `arn:aws:iam::${OWN}:user/ops`, accountId: OWN },
    requestParameters: { roleName: "Vendor-7f3a", policyDocument: document },
    ...changes,
  };
  const decoded = decode(record, { digester: KEY, latestMs: Date.parse(TIME) });
  return decoded.kind === "control" ? decoded.event.trust : decoded;
}

const policy = (condition: object) => ({
  Version: "2012-10-17",
  Statement: [{ Effect: "Allow", Principal: { AWS: SCANNER }, Action: "sts:AssumeRole", Condition: condition }],
});

test("a written trust policy is read with its role, and the external ID in it goes no further", () => {
  const trust = changeTo(JSON.stringify(policy({ StringEquals: { "sts:ExternalId": ID } })));
  expect(trust).toMatchObject({ roleArn: `arn:aws:iam::${OWN}:role/Vendor-7f3a` });
  expect(JSON.stringify(trust)).not.toContain(ID.slice(0, 8));
  expect(JSON.stringify(trust)).toContain("sts:ExternalId");
});

test.each([
  ["as a list", { StringEquals: { "STS:externalid": [ID, ID] } }],
  ["with wildcards around it", { StringLike: { "sts:ExternalId": `*${ID}?` } }],
  ["beside a policy variable", { StringLike: { "sts:ExternalId": `\${aws:PrincipalTag/x}${ID}` } }],
  ["as a number", { StringEquals: { "sts:ExternalId": 9876543210987 } }],
  ["under an operator that there is not", { Whatever: { "sts:ExternalId": ID } }],
  ["in a place that is none", { "sts:ExternalId": ID }],
])("the external ID is replaced where it stands %s", (_, condition) => {
  const text = JSON.stringify(changeTo(JSON.stringify(policy(condition))));
  expect(text).not.toContain(ID);
  expect(text).not.toContain("9876543210987");
});

test("wildcards keep their meaning, and a literal star under an operator that knows none does not gain one", () => {
  const conditionOf = (condition: object): string => JSON.stringify(changeTo(JSON.stringify(policy(condition))));
  expect(conditionOf({ StringLike: { "sts:ExternalId": "acme-*" } })).toMatch(/"sts:ExternalId":"[0-9a-f]{32}\*"/);
  expect(conditionOf({ StringLike: { "sts:ExternalId": "*" } })).toContain('"sts:ExternalId":"*"');
  expect(conditionOf({ StringEquals: { "sts:ExternalId": "a*b" } })).toMatch(/"sts:ExternalId":"[0-9a-f]{32}"/);
  expect(conditionOf({ Null: { "sts:ExternalId": "true" } })).toContain('"sts:ExternalId":"true"');
});

test("a policy is judged alike with its IDs and with tokens in their place", () => {
  const told = { enforced: 0, others: 0 };
  const input: AuditInput = {
    role: { arn: `arn:aws:iam::${OWN}:role/Vendor-7f3a`, uniqueIds: "unknown", permissions: null },
    ...{ vendorAccounts: [VENDOR], vendorRoles: [SCANNER], idsReplaced: true },
  };
  fc.assert(
    fc.property(trustPolicy, (document) => {
      const text = JSON.stringify(document);
      const trust = changeTo(text);
      const masked = trust !== null && "policy" in trust ? auditTrust(trust.policy, input).audit : undefined;
      const plain = auditTrust(text, input).audit;
      told[plain?.externalId === "enforced" ? "enforced" : "others"]++;
      expect(masked?.externalId).toBe(plain?.externalId);
    }),
    { numRuns: 500 },
  );
  expect(told.enforced).toBeGreaterThan(10);
  expect(told.others).toBeGreaterThan(10);
});

test.each([
  ["text that is not JSON", "{"],
  ["nothing", undefined],
  ["a megabyte", `{"a":"${"x".repeat(1_000_000)}"}`],
  ["a nest of a thousand", "[".repeat(1000) + "]".repeat(1000)],
])("a document that is %s is no policy, and throws nothing", (_, document) => {
  expect(changeTo(document)).toMatchObject({ roleArn: expect.any(String) as string });
});

test("the role is named in its own partition, with the path that only CreateRole tells", () => {
  const made = changeTo(undefined, {
    eventName: "CreateRole",
    awsRegion: "us-gov-west-1",
    requestParameters: { roleName: "Vendor", path: "/team/", assumeRolePolicyDocument: "{}" },
  });
  expect(made).toMatchObject({ roleArn: `arn:aws-us-gov:iam::${OWN}:role/team/Vendor` });
});
