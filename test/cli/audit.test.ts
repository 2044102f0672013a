import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { expect, test } from "vitest";
import { allow, ID, policy } from "../trust/trust-policy.ts";
import { OTHER, OWN, SCANNER, VENDOR } from "../trust/policies.ts";
import type { TrustReport } from "../../src/trust/report.ts";
import { deputywatch, folderWith } from "./process.ts";
import { within } from "./within.ts";

const json = (value: unknown): string => JSON.stringify(value);
const open = policy(allow({ Condition: {} }));
const shut = policy(allow());
const lines = (out: string): TrustReport[] =>
  out
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line) as TrustReport);

test.each<[string, object, number]>([
  ["nothing", shut, 0],
  ["low", policy(allow({ Principal: { AWS: VENDOR } })), 11],
  ["medium", policy(allow({ Condition: { StringEquals: { "sts:ExternalId": "acme" } } })), 12],
  ["high", open, 13],
  ["critical", policy(allow({ Principal: "*", Condition: {} })), 14],
])("the exit code tells the worst finding: %s", async (_, document, code) => {
  const folder = folderWith({ "trust.json": json(document) });
  expect((await deputywatch(["audit", "trust.json", "--vendor", VENDOR], { cwd: folder })).code).toBe(code);
  const quiet = await within(["audit", "trust.json", "--vendor", VENDOR, "--no-exit-code"], { cwd: folder });
  expect(quiet.code).toBe(0);
});

test("one role a line has the fields that other programs rely on, and no external ID", async () => {
  const role = {
    Arn: `arn:aws:iam::${OWN}:role/Vendor-7f3a`,
    AssumeRolePolicyDocument: policy(allow(), allow({ Condition: {} })),
  };
  const folder = folderWith({ "role.json": json({ Role: role }) });
  const { out, err } = await within(["audit", "role.json", "--vendor", VENDOR, "--format", "ndjson"], {
    cwd: folder,
  });
  expect(lines(out)).toEqual([
    {
      role: role.Arn,
      source: "role.json",
      where: "Role",
      crossAccount: true,
      externalId: "bypassable",
      mfa: "missing",
      iam050: "fail",
      accounts: [{ account: VENDOR, externalId: "bypassable", mfa: "missing" }],
      findings: [expect.objectContaining({ id: "external-id-bypassable", severity: "high", statement: 1 }) as unknown],
    },
  ]);
  expect(out + err).not.toContain(ID);
});

test("text names the role, the verdict, why and what to do, and the summary counts everything", async () => {
  const folder = folderWith({
    "a.json": json({ Role: { Arn: `arn:aws:iam::${OWN}:role/Vendor-7f3a`, AssumeRolePolicyDocument: open } }),
    "b.json": "{ broken",
    "c.json": json(shut),
  });
  const { out, err } = await within(["audit", ".", "--vendor", VENDOR], { cwd: folder });
  expect(out.replaceAll(SCANNER, "SCANNER")).toMatchInlineSnapshot(`
    "[HIGH] arn:aws:iam::444455556666:role/Vendor-7f3a
      Read from    a.json, Role
      Lets in      999988887777
      External ID  missing: nothing asks for it
      IAM-050      fail

      high external-id-missing, statement 0
        It can be assumed without an external ID, so anybody whom the vendor serves
        can name this role as his own.
        Fix: Demand it where the statement lets in: "Condition": {"StringEquals":
        {"sts:ExternalId": "<EXTERNAL_ID>"}}, with the one ID that the vendor made
        for this customer.

    [OK] a policy without a role
      Read from    c.json
      Lets in      999988887777
      External ID  enforced: nobody enters without it
      IAM-050      pass
    "
  `);
  expect(err).toMatchInlineSnapshot(`
    "unreadable: b.json, line 1: not JSON
    3 files, 2 policies, 2 let other accounts in, external ID: 1 enforced, 0 bypassable, 1 missing, 1 unreadable; skipped: none
    "
  `);
});

test("the vendor comes from the configuration, with the role to name in its account's place", async () => {
  const config =
    `version: 1\nvendor: { accounts: ["${VENDOR}"] }\noutboundRoles:\n` +
    `  - { arn: "${SCANNER}", workload: scanner }\n`;
  const folder = folderWith({
    "deputywatch.yaml": config,
    "trust.json": json(
      policy(allow({ Principal: { AWS: VENDOR } }), allow({ Principal: { AWS: OTHER }, Condition: {} })),
    ),
  });
  const { out } = await within(["audit", "trust.json", "--format", "ndjson"], { cwd: folder });
  const [report] = lines(out);
  expect(report).toMatchObject({ externalId: "enforced", iam050: "fail" });
  expect(report?.findings.map(({ id, fix }) => [id, fix.includes(SCANNER)])).toEqual([
    ["account-trusted-as-root", true],
  ]);
});

test("without a vendor every foreign account is judged, and stderr says so", async () => {
  const { out, err } = await within(["audit", "-", "--format", "ndjson"], {
    cwd: folderWith({}),
    input: gzipSync(json(policy(allow({ Principal: "*", Condition: {} })))),
  });
  expect(lines(out)[0]?.accounts).toEqual([{ account: "*", externalId: "missing", mfa: "missing" }]);
  expect(err).toContain("every foreign account is judged as if it were the vendor's");
});

test("one external ID in two roles is told of both, from whatever files they come", async () => {
  const role = (name: string): string =>
    json({ Role: { Arn: `arn:aws:iam::${OWN}:role/${name}`, AssumeRolePolicyDocument: shut } });
  const folder = folderWith({ "a.json": role("a"), "b.json": role("b") });
  const { out } = await within(["audit", "*.json", "--vendor", VENDOR, "--format", "ndjson"], { cwd: folder });
  expect(lines(out).map(({ findings }) => findings.map(({ id }) => id))).toEqual([
    ["external-id-shared"],
    ["external-id-shared"],
  ]);
  expect(out).not.toContain(ID);
});

test("a correction can be audited again, and is found good", async () => {
  const folder = folderWith({ "trust.json": json(open) });
  const fixed = await within(["audit", "trust.json", "--vendor", VENDOR, "--fix", "policy"], { cwd: folder });
  expect(fixed.code).toBe(13);
  const again = await within(["audit", "-", "--vendor", VENDOR, "--format", "ndjson"], {
    cwd: folder,
    input: fixed.out.replace("<EXTERNAL_ID>", ID),
  });
  expect(lines(again.out)[0]).toMatchObject({ externalId: "enforced", findings: [] });
  const none = await within(["audit", "-", "--vendor", VENDOR, "--fix", "cli"], {
    cwd: folder,
    input: json(shut),
  });
  expect(none).toMatchObject({ out: "", code: 0 });
  expect(none.err).toContain("nothing to correct");
});

test("nothing that others chose reaches a terminal as it is", async () => {
  const evil = "\u001b[31m\u202eevil";
  const role = {
    Arn: `arn:aws:iam::${OWN}:role/${evil}`,
    AssumeRolePolicyDocument: policy(
      allow({ Condition: { [`String${evil}`]: { "sts:ExternalId": ID } } }),
      allow({ Principal: { [evil]: "x", Service: `${evil}.amazonaws.com` } }),
    ),
  };
  for (const more of [
    [],
    ["--format", "ndjson"],
    ["--format", "json"],
    ["--fix", "policy"],
    ["--fix", "cli"],
    ["--fix", "terraform"],
    ["--fix", "cloudformation"],
  ]) {
    const { out, err } = await within(["audit", "-", "--vendor", VENDOR, ...more], {
      input: json({ Role: role }),
    });
    expect(out.length).toBeGreaterThan(0);
    expect(/[\u001b\u202e]/.test(out + err)).toBe(false);
    expect(out + err).not.toContain(ID);
  }
});

test("nothing read is its own exit code, and a mistake is a sentence", async () => {
  const folder = folderWith({ "other.json": json({ hello: "world" }) });
  const nothing = await within(["audit", "other.json", "--vendor", VENDOR], { cwd: folder });
  expect(nothing.code).toBe(3);
  expect(nothing.err).toContain("nothing was read: there is no trust policy in any source");
  const away = await within(["audit", join(folder, "none.json"), "--vendor", VENDOR]);
  expect(away.code).toBe(3);
  const bad = await within(["audit", "other.json", "--vendor", "99"], { cwd: folder });
  expect(bad.code).toBe(2);
  expect(bad.err).toContain("Write an account as its 12 digits.");
});

test("--help teaches with examples", async () => {
  const { out, code } = await within(["audit", "--help"]);
  expect(code).toBe(0);
  expect(out).toContain("aws iam get-role --role-name Vendor-7f3a | deputywatch audit -");
});
