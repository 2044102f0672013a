import { execFileSync } from "node:child_process";
import fc from "fast-check";
import { expect, test } from "vitest";
import { auditTrust } from "../../src/trust/audit.ts";
import { corrected } from "../../src/trust/fix.ts";
import { nameOf, RENDERINGS } from "../../src/trust/fixes/index.ts";
import { OTHER, OWN, SCANNER, trustPolicy, VENDOR } from "./policies.ts";
import { allow, audited, ID, INPUT, policy } from "./trust-policy.ts";

const open = allow({
  Principal: { AWS: [VENDOR, `arn:aws:iam::${OWN}:root`], Service: "ec2.amazonaws.com" },
  Condition: {},
});

test("every policy that lets the vendor in without the ID has a correction that is enforced when audited again", () => {
  let corrections = 0;
  fc.assert(
    fc.property(trustPolicy, (document) => {
      const audit = audited(document);
      const fixed = corrected(audit, INPUT);
      if (audit.externalId === "enforced" || audit.externalId === "not-applicable") {
        expect(fixed).toBeNull();
        return;
      }
      expect(fixed).not.toBeNull();
      expect(auditTrust(JSON.stringify(fixed), INPUT).audit?.externalId).toBe("enforced");
      corrections++;
    }),
    { numRuns: 1_500 },
  );
  expect(corrections).toBeGreaterThan(500);
});

test("so has every policy where no vendor is known and every foreign account is judged", () => {
  const nobody = { ...INPUT, vendorAccounts: [], vendorRoles: [] };
  fc.assert(
    fc.property(trustPolicy, (document) => {
      const fixed = corrected(audited(document, nobody), nobody);
      if (fixed !== null) expect(auditTrust(fixed, nobody).audit?.externalId).toBe("enforced");
    }),
    { numRuns: 500 },
  );
});

test("a correction narrows the account to the vendor's role and leaves the account's own principals and services alone", () => {
  expect(corrected(audited(policy(open)), INPUT)).toEqual({
    Version: "2012-10-17",
    Statement: [
      {
        Effect: "Allow",
        Principal: { Service: "ec2.amazonaws.com", AWS: `arn:aws:iam::${OWN}:root` },
        Action: "sts:AssumeRole",
        Condition: {},
      },
      {
        Effect: "Allow",
        Principal: { AWS: SCANNER },
        Action: "sts:AssumeRole",
        Condition: { StringEquals: { "sts:ExternalId": "<EXTERNAL_ID>" } },
      },
    ],
  });
});

test("a correction keeps the other conditions, and shows a placeholder for every ID that stood in the policy", () => {
  const other = allow({ Principal: { AWS: OTHER }, Condition: { StringEquals: { "sts:externalid": `${ID}-other` } } });
  const weak = allow({
    Condition: { StringEquals: { "aws:PrincipalOrgID": "o-example" }, StringLike: { "sts:ExternalId": `${ID}*` } },
  });
  const fixed = corrected(audited(policy(weak, other)), INPUT);
  expect(JSON.stringify(fixed)).not.toContain(ID.slice(0, 8));
  expect(fixed).toMatchObject({
    Statement: [
      { Condition: { StringEquals: { "aws:PrincipalOrgID": "o-example", "sts:ExternalId": "<EXTERNAL_ID>" } } },
      { Condition: { StringEquals: { "sts:externalid": "<EXTERNAL_ID>" } } },
    ],
  });
});

const rendered = (
  name: string,
  document: Readonly<Record<string, unknown>>,
  role: string | null = "Vendor-7f3a",
): string => RENDERINGS.find((each) => each.name === name)?.contentOf({ role, document }) ?? "";

/** Everything that means something to a shell or to Terraform, in a place that a correction keeps. */
const hostile = policy(
  allow({
    Condition: {
      StringEquals: {
        "aws:PrincipalTag/x": "it's; $(touch /tmp/x) `id` ${aws:username} %{ if true } \" \\ \n",
        "sts:ExternalId": "<EXTERNAL_ID>",
      },
    },
  }),
) as Readonly<Record<string, unknown>>;

test("the command hands the policy over to the AWS CLI whole, whatever stands in it", () => {
  const script = `aws() { printf '%s\\0' "$@"; }\n${rendered("cli", hostile)}`;
  const words = execFileSync("sh", ["-c", script], { encoding: "utf8" }).split("\0");
  expect(words.slice(0, 5)).toEqual([
    "iam",
    "update-assume-role-policy",
    "--role-name",
    "Vendor-7f3a",
    "--policy-document",
  ]);
  expect(JSON.parse(words[5] ?? "")).toEqual(hostile);
});

test("CloudFormation takes the ID as a parameter that it does not echo", () => {
  const template = JSON.parse(rendered("cloudformation", hostile)) as Record<string, unknown>;
  expect(template).toMatchObject({
    Parameters: { ExternalId: { Type: "String", NoEcho: true } },
    Resources: {
      VendorRole: {
        Type: "AWS::IAM::Role",
        Properties: {
          RoleName: "Vendor-7f3a",
          AssumeRolePolicyDocument: {
            Statement: [{ Condition: { StringEquals: { "sts:ExternalId": { Ref: "ExternalId" } } } }],
          },
        },
      },
    },
  });
});

test("Terraform takes the ID as a sensitive variable, and no other template is in the policy", () => {
  const text = rendered("terraform", hostile);
  expect(text).toContain('variable "external_id" {\n  type      = string\n  sensitive = true\n}');
  expect(text).toContain('"sts:ExternalId": "${var.external_id}"');
  expect(/(?<!\$)\$\{(?!var\.external_id)/.exec(text)).toBeNull();
  expect(/(?<!%)%\{/.exec(text)).toBeNull();
});

test("a role's name is its own without the path, and none where IAM would not take it", () => {
  const arn = (name: string): string => `arn:aws:iam::${OWN}:role/${name}`;
  expect([nameOf(arn("team/Vendor-7f3a")), nameOf(arn("x; rm -rf ~")), nameOf(null)]).toEqual([
    "Vendor-7f3a",
    null,
    null,
  ]);
  expect(rendered("cli", hostile, null)).toContain("--role-name ROLE_NAME ");
});
