import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, expect, test } from "vitest";
import { defaultVendor, loadConfig, type Loaded } from "../../src/config/load.ts";
import { isMistake } from "../../src/config/mistake.ts";
import { placeOf } from "../../src/ranges/place.ts";
import { digester } from "../../src/trail/external-id.ts";

const KEY = Buffer.alloc(32, 7);
const NOW_MS = Date.parse("2026-11-21T03:00:00Z");
const DIGEST = digester(KEY).externalId("c0ffee00-0000-4000-8000-00000000acme");
const TENANT = `{"tenant":"acme","account":"111122223333","roleArn":"arn:aws:iam::111122223333:role/Vendor","externalId":"${DIGEST}","status":"active"}\n`;
const RANGES = JSON.stringify({
  createDate: "2026-11-20-03-00-00",
  prefixes: [
    { ip_prefix: "198.51.100.0/24", region: "us-east-1", service: "EC2" },
    { ip_prefix: "192.0.2.0/24", region: "us-east-1", service: "S3" },
  ],
});
const AWS = JSON.stringify({ prefixes: [{ ip_prefix: "203.0.113.0/24", region: "eu-west-1", service: "EC2" }] });
const CONFIG = `
version: 1
vendor: { accounts: ["999988887777"] }
outboundRoles:
  - arn: arn:aws:iam::999988887777:role/team/integration-scanner
    workload: scanner
    callers: ["arn:aws:iam::999988887777:role/ecs-scanner"]
    sessionNames: ["scan-{tenant}-*"]
    cadence: { perTarget: 2, every: 24h }
    sessionPolicy: required
    maxDuration: 1h
ranges:
  - { name: published, file: ranges.json, select: ["prefixes[service=EC2].ip_prefix"], maxAge: 48h }
  - { name: office, cidrs: ["2001:db8::/32"] }
  - { name: private, vpcEndpoints: ["vpce-0a1b2c3d"] }
  - { name: aws, file: aws.json, labels: true }
tenants: { file: tenants.ndjson }
externalIds: { key: "env:KEY" }
detectors: { call-burst: { severity: low }, long-session: { enabled: false } }
suppressions:
  - { detector: call-burst, where: { workload: scanner, tenant: acme }, reason: "CHG-81", owner: "soc", until: "2026-12-01" }
channels: { soc: { topic: "arn:aws:sns:us-east-1:999988887777:soc" } }
`;
const FILES = { "deputywatch.yaml": CONFIG, "tenants.ndjson": TENANT, "ranges.json": RANGES, "aws.json": AWS };

const folders: string[] = [];
afterEach(async () => {
  for (const folder of folders.splice(0)) await rm(folder, { recursive: true });
});

async function load(files: Readonly<Record<string, string>>, unattended = false): Promise<Loaded> {
  const folder = await mkdtemp(join(tmpdir(), "deputywatch-config-"));
  folders.push(folder);
  for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text);
  return loadConfig(join(folder, "deputywatch.yaml"), {
    ...{ nowMs: NOW_MS, unattended },
    env: { KEY: KEY.toString("base64") },
    detectorIds: ["human-operator", "call-burst", "long-session"],
    readFile: (path) => readFile(path, "utf8"),
  });
}

function changed(...replacements: readonly (readonly [string, string])[]): Readonly<Record<string, string>> {
  const text = replacements.reduce((config, [from, to]) => {
    expect(config).toContain(from);
    return config.replace(from, to);
  }, CONFIG);
  return { ...FILES, "deputywatch.yaml": text };
}

async function mistakeOf(files: Readonly<Record<string, string>>): Promise<string> {
  const error: unknown = await load(files).catch((reason: unknown) => reason);
  if (!isMistake(error)) throw new Error("no mistake", { cause: error });
  return [error.message, error.hint ?? "no hint"].join(" | ").replaceAll(folders.at(-1) ?? "", "");
}

test("everything that a configuration names is read, checked and indexed", async () => {
  const { vendor, detectors, suppressions, channels, key, warnings } = await load(FILES);
  expect(warnings).toEqual([]);
  const role = vendor.outboundRoles.get("arn:aws:iam::999988887777:role/integration-scanner");
  expect(role).toMatchObject({
    arn: "arn:aws:iam::999988887777:role/team/integration-scanner",
    regions: null,
    cadence: { perTarget: 2, everyMs: 86_400_000 },
    sessionPolicy: "required",
    maxDurationSeconds: 3600,
  });
  expect(role?.sessionNames?.allows("scan-acme-1", { tenant: "acme", account: null })).toBe(true);
  const kindAt = (address: string, vpcEndpointId: string | null = null): string =>
    placeOf({ address, vpcEndpointId }, vendor.whereabouts).kind;
  expect([
    kindAt("198.51.100.7"),
    kindAt("2001:db8::1"),
    kindAt("10.0.0.1", "vpce-0a1b2c3d"),
    kindAt("203.0.113.9"),
    kindAt("192.0.2.1"),
  ]).toEqual(["owned", "owned", "owned", "aws", "outside"]);
  expect(vendor.registry?.holdersOf(DIGEST, NOW_MS)).toHaveLength(1);
  expect(vendor.digestsComparable).toBe(true);
  expect(detectors).toEqual(
    new Map([
      ["call-burst", { severity: "low", enabled: true }],
      ["long-session", { enabled: false }],
    ]),
  );
  expect(suppressions).toEqual([
    {
      detector: "call-burst",
      where: { workload: "scanner", tenant: "acme" },
      reason: "CHG-81",
      owner: "soc",
      untilMs: Date.UTC(2026, 11, 1),
    },
  ]);
  expect(channels).toEqual({ soc: { topic: "arn:aws:sns:us-east-1:999988887777:soc" } });
  expect(vendor.falseAlarmsPerMonth).toBe(1);
  expect(Buffer.from(key ?? [])).toEqual(KEY);
});

test("versions change with what is said, and not with how it is laid out", async () => {
  const { vendor } = await load(FILES);
  const { versions } = vendor;
  expect(versions.config).toMatch(/^[0-9a-f]{12}$/);
  const versionsOf = async (files: Readonly<Record<string, string>>): Promise<unknown> =>
    (await load(files)).vendor.versions;
  expect(await versionsOf(changed(["every: 24h", "every:   P1D"]))).toEqual(versions);
  expect(await versionsOf(changed(["perTarget: 2", "perTarget: 3"]))).toEqual({
    ...versions,
    config: expect.not.stringMatching(versions.config) as string,
  });
  expect(await versionsOf({ ...FILES, "tenants.ndjson": TENANT.replace("acme", "acme2") })).not.toEqual(versions);
  expect(await versionsOf({ ...FILES, "aws.json": AWS.replace("EC2", "S3") })).toEqual({
    ...versions,
    ranges: expect.not.stringMatching(versions.ranges) as string,
  });
});

test("nothing configured accuses nobody by a list", async () => {
  const { vendor, key } = await load({ "deputywatch.yaml": "version: 1\n" });
  expect({ ...vendor, versions: null }).toEqual({ ...defaultVendor(), versions: null });
  expect(vendor.versions.ranges).toBe("none");
  expect(key).toBeNull();
});

test.each([
  [[["call-burst: {", "call-bursts: {"]], 'detectors.call-bursts: no such detector | did you mean "call-burst"?'],
  [
    [["detector: call-burst", "detector: nonsense"]],
    "suppressions[0].detector: no such detector | known are: call-burst, human-operator, long-session",
  ],
  [
    [["detector: call-burst", "detector: human-operator"]],
    "suppressions[0].detector: human-operator is never suppressed | remove the suppression; these alerts are always told",
  ],
  [
    [["2026-12-01", "2026-11-21"]],
    "suppressions[0].until: the suppression has expired | remove it, or renew it with a reason that still holds",
  ],
  [
    [["2026-12-01", "2026-12-22"]],
    "suppressions[0].until: a suppression lasts thirty days at most | write 2026-12-21 or earlier, and renew it then",
  ],
  [
    [[", tenant: acme", ""]],
    "suppressions[0].where: names no tenant, account or roleArn, and so every customer | write where: { workload: scanner, tenant: acme }",
  ],
  [
    [["workload: scanner, tenant: acme", 'account: "111122223333", tenant: acme']],
    "suppressions[0].where: names no workload, and so every caller's calls to that customer | write where: { workload: scanner, tenant: acme }",
  ],
  [
    [["where: { workload: scanner, tenant: acme }, ", ""]],
    "suppressions[0].where: names no workload, and so every caller's calls to that customer | write where: { workload: scanner, tenant: acme }",
  ],
  [
    [["workload: scanner, tenant: acme", "workload: scaner, tenant: acme"]],
    'suppressions[0].where.workload: no outbound role is of this workload | did you mean "scanner"?',
  ],
  [
    [["tenant: acme", 'account: "999988887777"']],
    "suppressions[0].where.account: the vendor's own account is no customer | name the customer's",
  ],
  [
    [["tenant: acme", 'roleArn: "arn:aws:iam::999988887777:role/integration-scanner"']],
    "suppressions[0].where.roleArn: the vendor's own role is no customer's | name the customer's",
  ],
  [
    [["tenant: acme", "sessionName: acme"]],
    "suppressions[0].where.sessionName: no such key | known here: workload, tenant, account, roleArn",
  ],
  [
    [["long-session: { enabled", "human-operator: { enabled"]],
    "detectors.human-operator.enabled: human-operator is never turned off | no hint",
  ],
  [
    [['"999988887777"', '"111122223333"']],
    "outboundRoles[0].arn: the role is in none of the vendor's accounts | add its account to vendor.accounts",
  ],
  [[["name: office", "name: published"]], "ranges[1].name: another range has this name | no hint"],
  [
    [["file: ranges.json", "file: gone.json"]],
    "ranges[0].file: /gone.json cannot be read (ENOENT) | paths are relative to the configuration file",
  ],
  [
    [["file: tenants.ndjson", "file: gone.ndjson"]],
    "tenants.file: /gone.ndjson cannot be read (ENOENT) | paths are relative to the configuration file",
  ],
  [
    [["service=EC2", "service=NONE"]],
    "ranges[0].file: there is no usable range in ranges.json: selects nothing | no hint",
  ],
  [
    [["file: aws.json", "url: https://ip-ranges.example/aws.json"]],
    "ranges[3].url: lists behind a URL are fetched by the deployed refresher | save the list beside the configuration and name it with file:",
  ],
  [
    [["file: tenants.ndjson", "table: tenants"]],
    "tenants.table: no table can be read here | write the registry to a file and name it as tenants.file",
  ],
  [
    [["env:KEY", "env:NOTHING"]],
    "externalIds.key: NOTHING is not set | export NOTHING; make one with: openssl rand -base64 32",
  ],
] as const)("%j is refused with its place", async (replacements, expected) => {
  const found = await mistakeOf(changed(...replacements));
  expect(found).toMatch(/^\/deputywatch\.yaml:\d+:\d+ /);
  expect(found).toContain(expected);
});

test("a registry with a line that cannot be read is refused whole, with the line", async () => {
  const found = await mistakeOf({ ...FILES, "tenants.ndjson": `${TENANT}nonsense\n${TENANT.replace("1111", "9")}` });
  expect(found).toContain("tenants.file: tenants.ndjson:2: not JSON (and 1 more)");
  const torn = await mistakeOf({ ...FILES, "tenants.ndjson": TENANT + TENANT.replace("acme", "globex") });
  expect(torn).toContain("account 111122223333 belongs to both acme and globex");
});

test("a suppression for a customer that the registry does not know is a warning: it covers nothing", async () => {
  const { warnings, suppressions } = await load(changed(["tenant: acme", "tenant: acne"]));
  expect(suppressions).toHaveLength(1);
  expect(warnings).toEqual(["suppressions[0].where names a customer that is not in the registry, and covers nothing"]);
});

test("what is usable and yet not as it should be is a warning", async () => {
  const stale = await load({
    ...changed(['externalIds: { key: "env:KEY" }\n', ""]),
    "ranges.json": RANGES.replace("2026-11-20", "2026-11-10"),
  });
  expect(stale.warnings.join("\n")).toContain("ranges.json: published 264 hours ago, longer than maxAge");
  expect(stale.warnings.join("\n")).toContain("externalIds.key is not configured");
  expect(stale.vendor.digestsComparable).toBe(false);
  const torn = await load({
    ...FILES,
    "aws.json": AWS.replace('"prefixes":[', '"prefixes":[{"ip_prefix":"0.0.0.0/0"},'),
  });
  expect(torn.warnings).toEqual(["aws.json: 1 entries left out, the first: wider than /8, more than any vendor owns"]);
});

test("a configuration that is not there is a mistake", async () => {
  expect(await mistakeOf({})).toContain("cannot be read (ENOENT)");
});

test("a function that starts after a suppression has ended judges without it, and says so", async () => {
  const { suppressions, warnings } = await load(changed(["2026-12-01", "2026-11-21"]), true);
  expect(suppressions).toEqual([]);
  expect(warnings).toEqual(["suppressions[0] of call-burst has expired and is left out"]);
});
