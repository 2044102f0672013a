import { spawnSync } from "node:child_process";
import fc from "fast-check";
import { folderWith } from "../../cli/process.ts";
import { expect, test } from "vitest";
import { parse } from "yaml";
import {
  cloudFormationJson,
  cloudFormationTemplate,
  cloudFormationYaml,
} from "../../../src/trust/template/cloudformation.ts";
import { supportTrustDocument, trustDocument } from "../../../src/trust/template/trust-document.ts";
import { anyDescription, described, READING } from "./described.ts";
import { cfnLint } from "./oracles.ts";

interface Role {
  readonly Type: string;
  readonly Condition?: string;
  readonly Properties: {
    readonly RoleName: { readonly "Fn::Sub": string };
    readonly MaxSessionDuration: number;
    readonly AssumeRolePolicyDocument: unknown;
    readonly Policies: readonly {
      readonly PolicyName: { readonly "Fn::Sub": string };
      readonly PolicyDocument: unknown;
    }[];
  };
}

interface Template {
  readonly Description: string;
  readonly Parameters: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  readonly Conditions?: Readonly<Record<string, unknown>>;
  readonly Resources: Readonly<Record<string, Role>>;
  readonly Outputs: unknown;
}

const supportUser = "arn:aws:iam::999988887777:user/support/on-call";

test("both forms read back as the same template, whatever strings are in it and whichever YAML it is read as", () => {
  fc.assert(
    fc.property(anyDescription, (description) => {
      const plain: unknown = JSON.parse(JSON.stringify(cloudFormationTemplate(description)));
      expect(JSON.parse(cloudFormationJson(description))).toEqual(plain);
      for (const version of ["1.1", "1.2"] as const) {
        expect(parse(cloudFormationYaml(description), { version, strict: true })).toEqual(plain);
      }
    }),
  );
});

test("of any description the ID is masked and told nowhere, names end in the suffix, and only named principals enter", () => {
  fc.assert(
    fc.property(anyDescription, (description) => {
      const { Parameters, Resources, Outputs, ...rest } = JSON.parse(cloudFormationJson(description)) as Template;
      expect(Parameters.ExternalId).toMatchObject({ NoEcho: true, MinLength: 16 });
      expect(Parameters.ExternalId).not.toHaveProperty("Default");
      expect(JSON.stringify(Outputs)).not.toContain("ExternalId");
      expect(rest).not.toHaveProperty("Metadata");
      expect(Object.keys(Resources)).toEqual(
        description.support === null ? ["VendorRole"] : ["VendorRole", "SupportRole"],
      );
      for (const { Type, Properties } of Object.values(Resources)) {
        expect(Type).toBe("AWS::IAM::Role");
        expect(Properties).not.toHaveProperty("ManagedPolicyArns");
        expect(Properties.RoleName["Fn::Sub"]).toMatch(/-\$\{RoleNameSuffix\}$/);
        for (const { PolicyName } of Properties.Policies)
          expect(PolicyName["Fn::Sub"]).toMatch(/-\$\{RoleNameSuffix\}$/);
      }
      const externalId = { Ref: "ExternalId" };
      expect(Resources.VendorRole?.Properties.AssumeRolePolicyDocument).toEqual(trustDocument(description, externalId));
      expect(Resources.VendorRole?.Properties.Policies[0]?.PolicyDocument).toEqual(description.permissions);
      expect(Resources.SupportRole?.Properties.AssumeRolePolicyDocument ?? null).toEqual(
        supportTrustDocument(description, externalId),
      );
    }),
  );
});

test("of any description the trust is to roles and users by name, with an equal external ID, in one statement", () => {
  fc.assert(
    fc.property(anyDescription, (description) => {
      for (const document of [trustDocument(description, "the-id"), supportTrustDocument(description, "the-id")]) {
        for (const { Effect, Principal, Action, Condition } of document?.Statement ?? []) {
          expect([Effect, Action, Condition.StringEquals]).toEqual([
            "Allow",
            "sts:AssumeRole",
            { "sts:ExternalId": "the-id" },
          ]);
          for (const arn of Principal.AWS) expect(arn).toMatch(/^arn:aws:iam::\d{12}:(?:role|user)\/[^*]+$/);
        }
      }
    }),
  );
});

test("people get a role of their own, for an hour, which demands MFA and the external ID", () => {
  const description = described({
    maxSessionSeconds: 7200,
    support: { principals: [supportUser], permissions: READING },
  });
  const { Resources } = JSON.parse(cloudFormationJson(description)) as Template;
  expect(Resources.VendorRole?.Properties.MaxSessionDuration).toBe(7200);
  expect(Resources.SupportRole?.Properties.MaxSessionDuration).toBe(3600);
  expect(Resources.SupportRole?.Properties.AssumeRolePolicyDocument).toMatchObject({
    Statement: [
      {
        Principal: { AWS: [supportUser] },
        Condition: {
          StringEquals: { "sts:ExternalId": { Ref: "ExternalId" } },
          Bool: { "aws:MultiFactorAuthPresent": "true" },
        },
      },
    ],
  });
});

/** Whether the template's condition holds in an account, as CloudFormation would find. */
function holds(condition: unknown, account: string): boolean {
  const { "Fn::Or": parts, "Fn::Equals": pair } = condition as { "Fn::Or"?: unknown[]; "Fn::Equals"?: unknown[] };
  if (parts === undefined) return pair?.[1] === account;
  expect(parts.length).toBeGreaterThanOrEqual(2);
  expect(parts.length).toBeLessThanOrEqual(10);
  return parts.some((part) => holds(part, account));
}

test("a template for named accounts makes nothing in any other, by a rule and by a condition, however many they are", () => {
  fc.assert(
    fc.property(fc.uniqueArray(fc.integer({ min: 1, max: 999 }), { minLength: 1, maxLength: 100 }), (numbers) => {
      const accounts = numbers.map((number) => String(number).padStart(12, "0"));
      const template = JSON.parse(cloudFormationJson(described({ accounts }))) as Template;
      expect(template).toMatchObject({
        Rules: {
          ItsAccountOnly: { Assertions: [{ Assert: { "Fn::Contains": [accounts, { Ref: "AWS::AccountId" }] } }] },
        },
        Resources: { VendorRole: { Condition: "InItsAccount" } },
        Outputs: { RoleArn: { Condition: "InItsAccount" } },
      });
      for (const account of accounts) expect(holds(template.Conditions?.InItsAccount, account)).toBe(true);
      expect(holds(template.Conditions?.InItsAccount, "111122223333")).toBe(false);
    }),
    { numRuns: 30 },
  );
});

test.skipIf(cfnLint.missing !== null)(
  `cfn-lint finds nothing in what any description becomes (${cfnLint.missing ?? "cfn-lint"})`,
  () => {
    const templates = fc.sample(anyDescription, { numRuns: 6, seed: 20261121 });
    const forms = templates.flatMap((description, index) => [
      [`${index}.yaml`, cloudFormationYaml(description)] as const,
      [`${index}.json`, cloudFormationJson(description)] as const,
    ]);
    const folder = folderWith(Object.fromEntries(forms));
    const { status, stdout } = spawnSync("cfn-lint", ["--format", "parseable", "--", ...forms.map(([name]) => name)], {
      ...{ cwd: folder, encoding: "utf8" },
    });
    expect([status, stdout]).toEqual([0, ""]);
  },
  60_000,
);
