import { readFile } from "node:fs/promises";
import { expect, test } from "vitest";
import { SCHEMA_FILE, schemaText } from "../../scripts/schema.ts";
import { isMistake } from "../../src/config/mistake.ts";
import { readConfiguration } from "../../src/config/schema.ts";

function mistakeIn(text: string): { message: string; hint: string | null } {
  try {
    readConfiguration(text, "d.yaml");
  } catch (error) {
    if (isMistake(error)) return { message: error.message, hint: error.hint };
    throw error;
  }
  throw new Error("it was accepted");
}

test("the published JSON Schema is the one that this schema makes (npm: node scripts/schema.ts)", async () => {
  expect(await readFile(SCHEMA_FILE, "utf8")).toBe(await schemaText());
});

test("a version alone is a configuration, and JSON is read like YAML", () => {
  const { configuration } = readConfiguration("version: 1\n", "d.yaml");
  expect(configuration).toMatchObject({ outboundRoles: [], ranges: [], alerting: { falseAlarmsPerMonth: 1 } });
  expect(readConfiguration('{\n\t"version": 1\n}', "d.json").configuration).toEqual(configuration);
});

test.each([
  ["version: 1\nrange: []\n", "d.yaml:2:1 range: no such key", 'did you mean "ranges"?'],
  [
    "version: 1\noutboundRoles:\n  - arn: arn:aws:iam::999988887777:role/x\n    workload: w\n    caller: []\n",
    "d.yaml:5:5 outboundRoles[0].caller: no such key",
    'did you mean "callers"?',
  ],
  [
    "version: 1\nvendor: { acounts: [] }\n",
    "d.yaml:2:11 vendor.acounts: no such key (and 1 more)",
    'did you mean "accounts"?',
  ],
  [
    "version: 1\ndetectors:\n  call-burst: { enabld: no }\n",
    "d.yaml:3:17 detectors.call-burst.enabld: no such key",
    'did you mean "enabled"?',
  ],
  [
    "version: 1\nalerting: { 3f0c7a9e-1b2d: 1 }\n",
    "d.yaml:2:13 alerting.…: no such key",
    "known here: falseAlarmsPerMonth",
  ],
  ["version: 1\nalerting: { zzz: 1 }\n", "d.yaml:2:13 alerting.zzz: no such key", "known here: falseAlarmsPerMonth"],
  [
    "version: 1\nvendor:\n  accounts: [012345678901]\n",
    "d.yaml:3:14 vendor.accounts[0]: an account number is text: put it in quotes, or it loses its leading zeros",
    "put it in quotes, or YAML reads it as a number",
  ],
  [
    'version: 1\nranges: [{ name: all, cidrs: ["0.0.0.0/0"] }]\n',
    "d.yaml:2:31 ranges[0].cidrs[0]: wider than /8, more than any vendor owns",
    null,
  ],
  [
    'version: 1\nranges: [{ name: odd, cidrs: ["10.0.0.0/08"] }]\n',
    "d.yaml:2:31 ranges[0].cidrs[0]: the prefix length is not a plain decimal number",
    null,
  ],
  [
    "version: 1\nranges:\n  - name: both\n    file: a\n    url: https://b.example/\n",
    "d.yaml:3:5 ranges[0]: needs one of file, url, cidrs, vpcEndpoints",
    null,
  ],
  ["version: 1\ntenants: {}\n", "d.yaml:2:1 tenants: needs one of file, table", null],
  [
    "version: 1\nsuppressions:\n  - { detector: call-burst, reason: r, until: 2026-12-01 }\n",
    "d.yaml:3:5 suppressions[0].owner: missing",
    null,
  ],
  [
    'version: 1\nsuppressions: [{ detector: d, reason: r, owner: o, until: "2026-02-30" }]\n',
    "d.yaml:2:52 suppressions[0].until: not a date such as 2026-12-01 or 2026-12-01T00:00:00Z",
    null,
  ],
  ["", "d.yaml:1:1: Invalid input: expected object, received null", null],
  ["version: 1\n\tranges: []\n", "d.yaml:2:1: not valid YAML: tab as indent", null],
  ["version: 1\nversion: 1\n", "d.yaml:2:1: not valid YAML: duplicate key", null],
])("%j is refused where it is wrong", (text, message, hint) => {
  expect(mistakeIn(text)).toEqual({ message, hint });
});

test.each([
  ["regions: [mars]", "regions[0]: not a region, such as eu-west-1"],
  ['sessionNames: ["{who}-*"]', 'sessionNames: "{who}-*": {who} is no placeholder, {tenant} and {account} are'],
  ["cadence: { perTarget: 2, every: daily }", "cadence.every: not a duration such as 90s, 30m, 24h, 1d or PT1H"],
  ["maxDuration: 13h", "maxDuration: a session lasts between 15m and 12h"],
])("a role's %s is refused", (line, message) => {
  const text = `version: 1\noutboundRoles:\n  - arn: arn:aws:iam::999988887777:role/x\n    workload: w\n    ${line}\n`;
  expect(mistakeIn(text).message).toContain(`outboundRoles[0].${message}`);
});

test("a secret in the wrong place is not repeated", () => {
  for (const text of [
    "externalIds: s3cr3t",
    "version: s3cr3t",
    "externalIds: { key: [s3cr3t] }",
    "version: *s3cr3t",
    "a: s3cr3t: x",
  ]) {
    expect(JSON.stringify(mistakeIn(`${text}\n`))).not.toContain("s3cr3t");
  }
});
