import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join, resolve } from "node:path";
import { gunzipSync } from "node:zlib";
import { expect, test } from "vitest";
import { auditTrust } from "../../src/trust/audit.ts";
import { trustPoliciesIn } from "../../src/trust/inputs/open.ts";
import { OWN } from "./policies.ts";
import { allow, INPUT, policy } from "./trust-policy.ts";

const TRUST = policy(allow());
const ENCODED = encodeURIComponent(JSON.stringify(TRUST));
const ARN = `arn:aws:iam::${OWN}:role/team/Vendor-7f3a`;
const ROLE = { RoleName: "Vendor-7f3a", Path: "/team/", Arn: ARN, AssumeRolePolicyDocument: TRUST };

const record = (changes: object = {}): object => ({
  ...{ eventVersion: "1.09", eventSource: "iam.amazonaws.com", eventName: "UpdateAssumeRolePolicy" },
  ...{ eventTime: "2026-11-20T10:00:00Z", recipientAccountId: OWN, eventID: "e-1" },
  requestParameters: { roleName: "Vendor-7f3a", policyDocument: JSON.stringify(TRUST) },
  ...changes,
});

const read = (...values: unknown[]): ReturnType<typeof trustPoliciesIn> =>
  trustPoliciesIn(
    new TextEncoder().encode(values.map((each) => (typeof each === "string" ? each : JSON.stringify(each))).join("\n")),
  );

test.each<[string, unknown, string | null, "dead" | "unknown", string]>([
  ["a bare policy", TRUST, null, "unknown", ""],
  ["a bare policy as IAM's API encodes it", ENCODED, null, "unknown", ""],
  ["a policy as a JSON string", JSON.stringify(JSON.stringify(TRUST)), null, "unknown", ""],
  ["get-role", { Role: ROLE }, ARN, "dead", "Role"],
  ["get-role with the document encoded", { Role: { ...ROLE, AssumeRolePolicyDocument: ENCODED } }, ARN, "dead", "Role"],
  ["get-role --query Role", ROLE, ARN, "dead", ""],
  ["list-roles", { Roles: [ROLE] }, ARN, "dead", "Roles[0]"],
  ["list-roles --query Roles", [ROLE], ARN, "dead", "[0]"],
  ["get-account-authorization-details", { RoleDetailList: [ROLE] }, ARN, "dead", "RoleDetailList[0]"],
  ["get-bucket-policy", { Policy: JSON.stringify(TRUST) }, null, "unknown", "Policy"],
  ["a record", record(), `arn:aws:iam::${OWN}:role/Vendor-7f3a`, "unknown", "record 1"],
  ["CloudTrail's file", { Records: [record()] }, `arn:aws:iam::${OWN}:role/Vendor-7f3a`, "unknown", "record 1"],
  [
    "an EventBridge event",
    { "detail-type": "AWS API Call via CloudTrail", source: "aws.iam", detail: record() },
    `arn:aws:iam::${OWN}:role/Vendor-7f3a`,
    "unknown",
    "record 1",
  ],
  [
    "a CreateRole record",
    record({
      eventName: "CreateRole",
      requestParameters: { roleName: "Vendor-7f3a", path: "/team/", assumeRolePolicyDocument: JSON.stringify(TRUST) },
    }),
    ARN,
    "unknown",
    "record 1",
  ],
  [
    "a CreateRole record with an answer",
    record({
      eventName: "CreateRole",
      requestParameters: { roleName: "x", assumeRolePolicyDocument: JSON.stringify(TRUST) },
      responseElements: { role: { arn: ARN } },
    }),
    ARN,
    "unknown",
    "record 1",
  ],
])("a trust policy is found in %s", (_, value, arn, uniqueIds, where) => {
  const { policies, rejected } = read(value);
  expect(rejected).toEqual([]);
  expect(policies).toHaveLength(1);
  expect(policies[0]).toMatchObject({ role: { arn, uniqueIds }, where });
  expect(auditTrust(policies[0]?.document, INPUT).audit?.externalId).toBe("enforced");
});

test("several documents are read one a line or one after another, and a broken one stops none beside it", () => {
  const { policies, rejected } = read({ Role: ROLE }, "{ broken", record(), TRUST);
  expect(policies.map(({ where }) => where)).toEqual(["line 1: Role", "line 3, record 1", "line 4"]);
  expect(rejected).toEqual([{ where: "line 2", reason: "not JSON" }]);
});

test("what sets no trust policy is counted by its reason", () => {
  const { policies, skipped } = read({
    Records: [
      record({ errorCode: "AccessDenied" }),
      record({ eventName: "AttachRolePolicy" }),
      record({ eventSource: "sts.amazonaws.com", eventName: "AssumeRole" }),
      record(),
    ],
  });
  expect(policies).toHaveLength(1);
  expect([...skipped]).toEqual([
    ["refused change", 1],
    ["other event", 2],
  ]);
});

test("what is neither is refused by name", () => {
  expect(read({ hello: "world" }).rejected).toEqual([
    { where: "", reason: "neither a trust policy, nor IAM's answer about roles, nor a CloudTrail record" },
  ]);
  expect(read("").rejected).toEqual([{ where: "", reason: "empty" }]);
});

test("a role's permissions come with the account's details, by the default version of each policy", () => {
  const local = `arn:aws:iam::${OWN}:policy/local`;
  const { policies } = read({
    RoleDetailList: [
      {
        ...ROLE,
        AttachedManagedPolicies: [
          { PolicyName: "local", PolicyArn: local },
          { PolicyName: "x", PolicyArn: "arn:aws:iam::aws:policy/x" },
        ],
        RolePolicyList: [{ PolicyName: "inline", PolicyDocument: { Statement: [] } }],
      },
    ],
    Policies: [
      {
        Arn: local,
        PolicyVersionList: [
          { Document: "old", IsDefaultVersion: false },
          { Document: "current", IsDefaultVersion: true },
        ],
      },
    ],
  });
  expect(policies[0]?.role.permissions).toEqual([
    { name: local, document: "current" },
    { name: "arn:aws:iam::aws:policy/x", document: null },
    { name: "inline", document: { Statement: [] } },
  ]);
});

const TRAILS = resolve(import.meta.dirname, "../../../shared/trails");

test.skipIf(!existsSync(TRAILS))("over real trails nothing throws, and every policy that was set is judged", () => {
  let judged = 0;
  for (const name of readdirSync(TRAILS, { recursive: true, encoding: "utf8" })) {
    const path = join(TRAILS, name);
    if (!statSync(path).isFile()) continue;
    const bytes = readFileSync(path);
    const { policies } = trustPoliciesIn(bytes[0] === 0x1f && bytes[1] === 0x8b ? gunzipSync(bytes) : bytes);
    for (const { document, role } of policies) {
      const { audit, reason } = auditTrust(document, { ...INPUT, role, vendorAccounts: [], vendorRoles: [] });
      expect(audit?.externalId ?? reason).toBeDefined();
      if (audit !== undefined) judged++;
    }
  }
  expect(judged).toBeGreaterThan(0);
});
