import fc from "fast-check";
import { roleTemplate, type RoleTemplate } from "../../../src/trust/template/role-template.ts";

/** A policy of one harmless statement. */
export const READING = {
  Version: "2012-10-17",
  Statement: [{ Sid: "Read", Effect: "Allow", Action: ["ec2:DescribeInstances"], Resource: "*" }],
};

/** A description as the command line makes it, with these parts changed; throws where the schema refuses it. */
export function described(parts: Readonly<Record<string, unknown>> = {}): RoleTemplate {
  return roleTemplate.parse({ ...PLAIN, ...parts });
}

export const PLAIN = {
  vendorRoles: ["arn:aws:iam::999988887777:role/integration-scanner"],
  namePrefix: "vendor-scan",
  nameSuffix: "7f3a9c1e5b",
  description: "Lets the scanner in.",
  permissions: READING,
  maxSessionSeconds: 3600,
  sessionNames: null,
  permissionsBoundary: null,
  tags: [],
  accounts: [],
  support: null,
};

/** Texts that mean something to YAML, Terraform, CloudFormation or a shell, alone and run together. */
const LOADED = [
  ..."${ %{ } $${ %%{ $$${ ~} #{ !Ref &a *a << | > ? : - , [ ] { # % @ ` ' \" \\ \\n \\u0041 $(id) `id` ; && // /*".split(
    " ",
  ),
  ...["\n", "\r\n", "\t", " ", ": ", " #", "\n---\n", "\n...\n", "EOF", "USAGE", "yes", "null", "~", "012", "1:30"],
  ...["2012-10-17", "1e23456789", "0x1f", ".inf", "true", "${var.external_id}", "{{resolve:ssm:x}}", "é", "ÿ"],
];

/** Within what IAM takes in a policy or a description. */
export const hostileText = fc
  .array(
    fc.oneof(
      fc.constantFrom(...LOADED),
      fc.string({ unit: fc.constantFrom(...Array.from("aZ09 $%{}\"'\\#:\n\tÿ")), maxLength: 5 }),
    ),
    {
      minLength: 1,
      maxLength: 12,
    },
  )
  .map((parts) => `x${parts.join("")}`.slice(0, 400));

const policy = fc
  .record({
    action: fc.constantFrom("ec2:Describe*", "s3:ListAllMyBuckets"),
    values: fc.array(hostileText, { minLength: 1, maxLength: 4 }),
  })
  .chain(({ action, values }) =>
    fc.record({ key: hostileText, resource: hostileText }).map(({ key, resource }) => ({
      Version: "2012-10-17",
      Statement: [
        {
          Effect: "Allow",
          Action: action,
          Resource: ["*", `arn:aws:s3:::${resource.replace(/[\n\r\t]/g, "")}`],
          Condition: {
            StringLike: { [`aws:RequestTag/${key.replace(/[\n\r]/g, "")}`]: values },
            Bool: { "aws:SecureTransport": true },
          },
        },
      ],
    })),
  );

const arn = (kind: string) =>
  fc
    .record({
      account: fc.constantFrom("999988887777", "888877776666"),
      name: fc.string({ unit: fc.constantFrom(...Array.from("aZ9_+=,.@-/")), minLength: 1, maxLength: 20 }),
    })
    .map(({ account, name }) => `arn:aws:iam::${account}:${kind}/${name}`);

/** Every description that the schema takes, with as much in it as an adversary could put there. */
export const anyDescription: fc.Arbitrary<RoleTemplate> = fc
  .record({
    vendorRoles: fc.uniqueArray(arn("role"), { minLength: 1, maxLength: 4 }),
    namePrefix: fc.constantFrom("v", "vendor-scan", "No", "a1-b2-c3"),
    nameSuffix: fc.oneof(
      fc.constantFrom("1e23456789", "00000012", "0x1f0x1f"),
      fc.string({ unit: fc.constantFrom(...Array.from("abcdef0123456789")), minLength: 8, maxLength: 16 }),
    ),
    description: hostileText,
    permissions: policy,
    maxSessionSeconds: fc.integer({ min: 3600, max: 43_200 }),
    sessionNames: fc.option(
      fc.array(fc.string({ unit: fc.constantFrom(...Array.from("aZ9_+=,.@*?-")), minLength: 1, maxLength: 30 }), {
        minLength: 1,
        maxLength: 4,
      }),
    ),
    permissionsBoundary: fc.option(fc.constantFrom("boundary", "team/boundary", "=,.@-+")),
    tags: fc.uniqueArray(
      fc.record({
        key: fc.constantFrom("owner", "no", "012", "for", "true", "a b:c", "=é"),
        value: fc.constantFrom("", "yes", "012", "@x", "- y", "= z: +"),
      }),
      { selector: ({ key }) => key.toLowerCase(), maxLength: 4 },
    ),
    accounts: fc.uniqueArray(fc.constantFrom("111122223333", "444455556666", "000000000012"), { maxLength: 3 }),
    support: fc.option(
      fc.record({ principals: fc.uniqueArray(arn("user"), { minLength: 1, maxLength: 2 }), permissions: policy }),
    ),
  })
  .map((parts) => described(parts));
