import fc from "fast-check";
import { expect, test } from "vitest";
import { auditTrust } from "../../../src/trust/audit.ts";
import { partitionOf, roleTemplate, sessionNameGlobs } from "../../../src/trust/template/role-template.ts";
import { supportTrustDocument, trustDocument } from "../../../src/trust/template/trust-document.ts";
import { anyDescription, described, PLAIN, READING } from "./described.ts";

const fault = (parts: object): string =>
  roleTemplate.safeParse({ ...PLAIN, ...parts }).error?.issues[0]?.message ?? "accepted";

test.each([
  ["the vendor's root", { vendorRoles: ["arn:aws:iam::999988887777:root"] }, /every principal of the account/],
  ["everybody", { vendorRoles: ["*"] }, /not a role's ARN/],
  ["a role's name with a wildcard", { vendorRoles: ["arn:aws:iam::999988887777:role/*"] }, /not a role's ARN/],
  ["nobody", { vendorRoles: [] }, /./],
  ["two partitions", { vendorRoles: [...PLAIN.vendorRoles, "arn:aws-cn:iam::999988887777:role/x"] }, /one partition/],
  ["a role as a person", { support: { principals: PLAIN.vendorRoles, permissions: READING } }, /MFA is known of users/],
  ["a name that is code", { namePrefix: "x'; id #" }, /letters, digits/],
  ["a name that is a template", { namePrefix: "x-${AWS::Region}" }, /letters, digits/],
  ["a suffix that ends a string", { nameSuffix: '12345678"' }, /lower-case/],
  ["a short suffix", { nameSuffix: "abc" }, /lower-case/],
  ["a description with a control", { description: "a\u001b[31m" }, /IAM takes in no description/],
  ["a session of half an hour", { maxSessionSeconds: 1800 }, /shorter than an hour/],
  ["a session of thirteen hours", { maxSessionSeconds: 46_800 }, /12 hours/],
  ["a session name that none can be", { sessionNames: ["scan-${x}"] }, /no session name/],
  ["a boundary that is another's", { permissionsBoundary: "../x:y" }, /not a policy's name/],
  ["AWS's own tag", { tags: [{ key: "aws:x", value: "" }] }, /AWS's own/],
  [
    "a tag twice",
    {
      tags: [
        { key: "Owner", value: "" },
        { key: "owner", value: "" },
      ],
    },
    /twice/,
  ],
  ["the vendor's own account", { accounts: ["999988887777"] }, /the vendor's own account/],
  ["more trust than IAM keeps", { sessionNames: Array(40).fill("x".repeat(64)) }, /2048 characters/],
])("a description with %s is refused", (_, parts, why) => {
  expect(fault(parts)).toMatch(why);
});

test("the partition is that of the outbound roles", () => {
  expect(partitionOf(described({ vendorRoles: ["arn:aws-us-gov:iam::999988887777:role/x"] }))).toBe("aws-us-gov");
});

test("placeholders of session names become what a trust policy can know", () => {
  const templates = ["scan-{account}-*", "{tenant}*-x", "scan-{account}-*"];
  expect(sessionNameGlobs(templates, ["111122223333"])).toEqual(["scan-111122223333-*", "*-x"]);
  expect(sessionNameGlobs(templates, [])).toEqual(["scan-*-*", "*-x"]);
});

test("every template's trust is judged enforced by the audit, and nothing is found in it", () => {
  fc.assert(
    fc.property(anyDescription, (description) => {
      const id = "7f3a9c1e-5b2d-4046-8abc-0123456789ab";
      const permissions = [{ name: "vendor", document: description.permissions }];
      const input = {
        role: { arn: "arn:aws:iam::111122223333:role/vendor-scan-7f3a9c1e5b", uniqueIds: "dead" as const, permissions },
        vendorAccounts: ["999988887777", "888877776666"],
        vendorRoles: description.vendorRoles,
        idsReplaced: false,
      };
      const { audit } = auditTrust(trustDocument(description, id), input);
      expect(audit).toMatchObject({ crossAccount: true, externalId: "enforced", iam050: "pass", findings: [] });
      if (description.support === null) return;
      const people = auditTrust(supportTrustDocument(description, id), input).audit;
      expect(people).toMatchObject({ externalId: "enforced", mfa: "enforced", iam050: "pass" });
    }),
  );
});
