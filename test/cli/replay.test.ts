import { constants } from "node:buffer";
import { execFileSync } from "node:child_process";
import { mkdirSync, readFileSync, symlinkSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { expect, test } from "vitest";
import { PAPERS } from "../../examples/vendor/papers.ts";
import { keyFileOf } from "../../src/simulate/papers.ts";
import { sampleVendor } from "../../examples/vendor/sample.ts";
import type { Alert } from "../../src/alerts/alert.ts";
import { readBody } from "../../src/pipeline/read.ts";
import { digester } from "../../src/trail/external-id.ts";
import { deputywatch, ENTRY, folderWith } from "./process.ts";

const EXTERNAL_ID = "acme-external-id-0001";
const SESSION_TOKEN = "IQoJb3JpZ2luX2VjEXAMPLETOKEN";

/** The outbound role enters a customer's role without an external ID: one alert of the detector of that name. */
function crossing(changes: Readonly<Record<string, unknown>> = {}, asked: object = {}): object {
  return {
    eventVersion: "1.11",
    eventID: "e-1",
    eventTime: "2026-11-20T10:00:00Z",
    eventSource: "sts.amazonaws.com",
    eventName: "AssumeRole",
    awsRegion: "us-east-1",
    sourceIPAddress: "198.51.100.7",
    userAgent: "Boto3/1.42.3",
    recipientAccountId: "999988887777",
    userIdentity: {
      type: "AssumedRole",
      principalId: "AROAEXAMPLESCANNER:scan-1",
      arn: "arn:aws:sts::999988887777:assumed-role/scanner/scan-1",
      accountId: "999988887777",
      accessKeyId: "ASIAEXAMPLECALLER001",
    },
    requestParameters: { roleArn: "arn:aws:iam::111122223333:role/Vendor", roleSessionName: "scan-acme", ...asked },
    responseElements: { credentials: { accessKeyId: "ASIAEXAMPLEISSUED002", sessionToken: SESSION_TOKEN } },
    ...changes,
  };
}

const trail = (...records: object[]): string => JSON.stringify({ Records: records });
const config = (rest = ""): string =>
  `version: 1\nvendor: { accounts: ["999988887777"] }\noutboundRoles:\n` +
  `  - { arn: "arn:aws:iam::999988887777:role/scanner", workload: scanner }\n${rest}`;
const DECODING = { digester: digester(new Uint8Array(32)), latestMs: Infinity };
const lastLine = (text: string): string => text.trimEnd().split("\n").at(-1) ?? "";
const alertsIn = (ndjson: string): Alert[] =>
  ndjson
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line) as Alert);

test.each([
  ["low", 11],
  ["medium", 12],
  ["high", 13],
  ["critical", 14],
])("the exit code tells the highest severity: %s", async (severity, code) => {
  const rest = `detectors: { external-id-missing: { severity: ${severity} } }\n`;
  const cwd = folderWith({ "t.json": trail(crossing()), "deputywatch.yaml": config(rest) });
  const ended = await deputywatch(["replay", "t.json", "--format", "ndjson"], { cwd });
  expect(ended.code).toBe(code);
  expect(alertsIn(ended.out)).toMatchObject([{ detector: "external-id-missing", severity, account: "111122223333" }]);
});

test("a quiet trail is 0, and so is a loud one under --no-exit-code", async () => {
  const quiet = trail(crossing({}, { externalId: EXTERNAL_ID }));
  const cwd = folderWith({ "quiet.json": quiet, "loud.json": trail(crossing()), "deputywatch.yaml": config() });
  const ended = await deputywatch(["replay", "quiet.json", "--format", "ndjson"], { cwd });
  expect(ended).toMatchObject({ code: 0, out: "" });
  const loud = await deputywatch(["replay", "loud.json", "--format", "ndjson", "--no-exit-code"], { cwd });
  expect(loud.code).toBe(0);
  expect(alertsIn(loud.out)).toHaveLength(1);
});

test("what a suppression hides is shown, counted by suppression, and no reason for an exit code", async () => {
  const [yesterday, soon] = [-1, 20].map((days) => new Date(Date.now() + days * 86_400_000).toISOString());
  const rest =
    "suppressions:\n  - { detector: external-id-missing, where: { workload: scanner, account: '111122223333' },\n" +
    `      reason: "CHG-81\\e[2J", owner: soc, until: "${soon}" }\n`;
  const eventTime = yesterday?.replace(/\.\d+Z$/, "Z");
  const cwd = folderWith({ "t.json": trail(crossing({ eventTime })), "deputywatch.yaml": config(rest) });
  const { code, out, err } = await deputywatch(["replay", "t.json", "--format", "ndjson"], { cwd });
  expect([code, alertsIn(out)[0]?.suppressed?.owner]).toEqual([0, "soc"]);
  expect(err.split("\n")[0]).toBe(
    "suppressed: 1 alert of external-id-missing where account 111122223333, workload scanner, " +
      `until ${soon} by soc: CHG-81\\u{1b}[2J`,
  );
});

test("where nothing is read the exit code is 3, and it is said why", async () => {
  const cwd = folderWith({ "empty.json": "" });
  mkdirSync(join(cwd, "folder"));
  const { code, out, err } = await deputywatch(["replay", "folder", "no/such", "*.gz", "empty.json"], { cwd });
  expect({ code, out }).toEqual({ code: 3, out: "" });
  expect(err.split("\n").slice(1)).toEqual([
    "no file is in folder",
    "nothing matches no/such",
    "nothing matches *.gz",
    "unreadable: empty.json: empty",
    "nothing was read: there is no CloudTrail record in any source",
    "1 files, 0 records, 0 AssumeRole calls, 0 duplicates joined, 1 unreadable; skipped: none",
    "",
  ]);
});

test("the alerts are all of stdout, in every format, and the summary is on stderr", async () => {
  const cwd = folderWith({ "t.json": trail(crossing()), "deputywatch.yaml": config() });
  const run = async (format: string): Promise<string> => {
    const { out, err } = await deputywatch(["replay", "t.json", "--format", format], { cwd });
    expect(err.split("\n")).toEqual([
      "still learning what is usual for arn:aws:iam::999988887777:role/scanner: 0 of 3 days",
      "1 files, 1 records, 1 AssumeRole calls, 0 duplicates joined, 0 unreadable; skipped: none",
      "",
    ]);
    return out;
  };
  const [text, json, ndjson, csv] = await Promise.all(["text", "json", "ndjson", "csv"].map(run));
  expect(text).toMatch(/^\[HIGH\] /);
  expect(JSON.parse(json ?? "")).toEqual(alertsIn(ndjson ?? ""));
  expect(csv?.split("\r\n")).toHaveLength(3);
  for (const out of [text, json, ndjson, csv]) {
    expect(out).not.toMatch(/[\u001b\r](?!\n)/);
    expect(out).toContain("external-id-missing");
  }
});

test("file, folder, glob and standard input are read together, and what is named twice once", async () => {
  const one = (eventID: string): string => trail(crossing({ eventID }));
  const cwd = folderWith({
    "a.json": one("a"),
    "folder/deep/b.json.gz": gzipSync(one("b")),
    "folder/CloudTrail-Digest/d.json": "{}",
    "many/c1.json": one("c1"),
    "many/c2.json": one("c2"),
    "deputywatch.yaml": config(),
  });
  const sources = ["a.json", "./a.json", join(cwd, "a.json"), "folder", "many/c*.json", "many", "-"];
  const { err, out } = await deputywatch(["replay", ...sources, "--format", "ndjson"], { cwd, input: one("stdin") });
  expect(lastLine(err)).toBe(
    "5 files, 5 records, 5 AssumeRole calls, 0 duplicates joined, 0 unreadable, 1 files passed over; skipped: none",
  );
  expect(alertsIn(out)[0]?.eventIds.toSorted()).toEqual(["a", "b", "c1", "c2", "stdin"]);
});

test("--since and --until keep what lies between, the first moment included and the last not", async () => {
  const at = (hour: number): object =>
    crossing({ eventID: `e-${hour}`, eventTime: `2026-11-20T${String(hour).padStart(2, "0")}:00:00Z` });
  const cwd = folderWith({ "t.json": trail(at(9), at(10), at(11), at(12)), "deputywatch.yaml": config() });
  const span = ["--since", "2026-11-20T10:00Z", "--until", "2026-11-20T14:00+02:00", "--format", "ndjson"];
  const { out, err } = await deputywatch(["replay", "t.json", ...span], { cwd });
  expect(alertsIn(out)[0]?.eventIds.toSorted()).toEqual(["e-10", "e-11"]);
  expect(lastLine(err)).toContain("4 records, 2 AssumeRole calls");
  expect(lastLine(err)).toContain("skipped: 2 outside the time asked for");
});

test("a reader that goes away ends the program quietly", () => {
  const records = Array.from({ length: 400 }, (_, day) => {
    const eventTime = new Date(Date.UTC(2025, 0, 1 + day)).toISOString().replace(".000", "");
    return crossing({ eventID: `e-${day}`, eventTime });
  });
  const cwd = folderWith({ "t.json": trail(...records), "deputywatch.yaml": config() });
  const script = '("$0" "$1" replay t.json --format json 2> err; echo $? > code) | head -1';
  const first = execFileSync("sh", ["-c", script, process.execPath, ENTRY], { cwd, encoding: "utf8" });
  const left = ["code", "err"].map((name) => readFileSync(join(cwd, name), "utf8"));
  expect([first, ...left]).toEqual(["[\n", "141\n", ""]);
});

test("text that would act is shown and does not act, in every format, on stdout and on stderr", async () => {
  const hostile = "=cmd|' /C calc'!A0\u001b]0;owned\u0007\u202ereversed\nforged: line\u2028\u{e0041}";
  const cwd = folderWith({
    "t.json": trail(crossing({ userAgent: hostile, eventID: hostile }, { roleSessionName: hostile })),
    "bad\u001b[2J\u202e.json": "{",
    "deputywatch.yaml": config(),
  });
  for (const format of ["text", "json", "ndjson", "csv"]) {
    const { out, err, code } = await deputywatch(["replay", cwd, "--format", format], { cwd });
    expect(code).toBe(13);
    for (const text of [out, err]) expect(text).not.toMatch(/[\u001b\u0007\u202e\u2028\u{e0041}]|^forged/mu);
    expect(err).toMatch(/^unreadable: .*bad\\u\{1b\}\[2J\\u\{202e\}\.json, line 1: not JSON$/m);
    if (format === "csv") expect(out).not.toMatch(/(?:^|,)"?[=+@-]/m);
    if (format === "ndjson") expect(alertsIn(out)[0]?.source?.userAgent).toBe(hostile);
  }
});

test("no external ID and no session token is in any output", async () => {
  const cwd = folderWith({
    "t.json": trail(
      crossing(),
      crossing({ eventID: "e-2" }, { externalId: EXTERNAL_ID, roleSessionName: "sam@example.com" }),
    ),
    "torn.json": `{"Records":[{"requestParameters":{"externalId":"${EXTERNAL_ID}"},"sessionToken":"${SESSION_TOKEN}"`,
  });
  for (const format of ["text", "json", "ndjson", "csv"]) {
    const { out, err } = await deputywatch(["replay", ".", "--format", format, "--memory", "sqlite:m.db"], { cwd });
    for (const secret of [EXTERNAL_ID, SESSION_TOKEN, "ASIAEXAMPLEISSUED002", "ASIAEXAMPLECALLER001"]) {
      expect(out + err).not.toContain(secret);
    }
  }
});

/** 1 GiB of zeros in 1 MiB: sixteen gzip members of 64 MiB, which are one file to a reader. */
function gzipBomb(): Uint8Array {
  const mebibytes = gzipSync(Buffer.alloc(64 * 1024 ** 2));
  return Buffer.concat(Array.from({ length: 16 }, () => mebibytes));
}

test("whatever is wrong with a file is counted and named, and the good one beside it is judged", async () => {
  const good = trail(crossing());
  const cwd = folderWith({
    "good.json": good,
    "bad/torn.json.gz": gzipSync(good).subarray(0, 200),
    "bad/bomb.json.gz": gzipBomb(),
    "bad/latin.json": Buffer.concat([Buffer.from('{"eventName":"'), Buffer.from([0xff, 0x22, 0x7d])]),
    "bad/deep.json": "[".repeat(5_000_000) + "]".repeat(5_000_000),
    "bad/empty.json": "",
    "bad/files.zip": Buffer.from("PK\u0003\u0004rest"),
    "bad/notes.json": "These are notes.",
    "bad/record.json": trail(crossing({ eventID: "e-9", eventTime: "2026-02-30T00:00:00Z" })),
    "aside/digest.json": JSON.stringify({ digestS3Object: "x", logFiles: [] }),
    "aside/insight.json": trail({
      eventType: "AwsCloudTrailInsight",
      insightDetails: {},
      eventTime: "2026-11-20T10:00:00Z",
    }),
    "aside/trail.json/e.json": trail({ eventSource: "ec2.amazonaws.com", eventName: "RunInstances" }),
    "deputywatch.yaml": config(),
  });
  symlinkSync("/no/such/target", join(cwd, "bad/dangling.json"));
  writeFileSync(join(cwd, "bad/huge.json"), "");
  truncateSync(join(cwd, "bad/huge.json"), constants.MAX_STRING_LENGTH + 1);
  execFileSync("mkfifo", [join(cwd, "bad/pipe.json"), join(cwd, "pipe.json")]);
  const sources = ["good.json", "bad", "aside", "pipe.json", "/dev/zero"];
  const { code, out, err } = await deputywatch(["replay", ...sources, "--format", "ndjson"], { cwd });
  expect(code).toBe(13);
  expect(alertsIn(out)).toHaveLength(1);
  expect(err.split("\n").sort()).toMatchInlineSnapshot(`
    [
      "",
      "14 files, 3 records, 1 AssumeRole calls, 0 duplicates joined, 10 unreadable, 3 files passed over; skipped: 1 digest file, 1 insight, 1 other event",
      "passed over: /dev/zero: not a regular file; what it holds can be piped in and named -",
      "passed over: bad/pipe.json: not a regular file; what it holds can be piped in and named -",
      "passed over: pipe.json: not a regular file; what it holds can be piped in and named -",
      "still learning what is usual for arn:aws:iam::999988887777:role/scanner: 0 of 3 days",
      "unreadable: bad/bomb.json.gz: gzip bomb: inflates to more than a log file can",
      "unreadable: bad/dangling.json: cannot be read (ENOENT)",
      "unreadable: bad/deep.json, [0].[0].[0].[0].[0].[0].[0]: wrapped more than 6 times",
      "unreadable: bad/empty.json: empty",
      "unreadable: bad/files.zip: zip archive: unzip it first",
      "unreadable: bad/huge.json: larger than 512 MiB: split it",
      "unreadable: bad/latin.json, line 1: invalid UTF-8",
      "unreadable: bad/notes.json, line 1: not JSON",
      "unreadable: bad/record.json, record 1: no valid event time",
      "unreadable: bad/torn.json.gz: gzip: cut off",
    ]
  `);
}, 60_000);

test("Ctrl-C ends the reading within a moment, and what was read is judged", async () => {
  const records = Array.from({ length: 5_000 }, (_, at) => crossing({ eventID: `e-${at}` }));
  const files = Array.from({ length: 30 }, (_, file) => [`t/${file}.json`, trail(...records)]);
  const cwd = folderWith(Object.fromEntries(files) as Record<string, string>);
  const { code, err, endedAfterMs } = await deputywatch(["replay", "t"], { cwd, interruptAfterMs: 100 });
  expect(code).toBe(130);
  expect(lastLine(err)).toBe("interrupted: only what had been read by then was judged");
  expect(endedAfterMs).toBeLessThan(20_000);
});

test("what is longer than any text can be is counted, where its length shows only once it is there", () => {
  const { tally } = readBody(new Uint8Array(constants.MAX_STRING_LENGTH + 1), DECODING);
  expect(tally.rejected).toEqual([{ where: "document", reason: "larger than 512 MiB: split it" }]);
});

const sample = sampleVendor({ seed: 3, tenants: 8, startMs: Date.parse("2026-11-17T00:00:00Z"), days: 2 });
const papers = {
  [PAPERS.config]: sample.config,
  [PAPERS.tenants]: sample.tenants,
  [PAPERS.ranges]: sample.ranges,
  [PAPERS.key]: keyFileOf(sample.key),
};

test("memory that already holds a trail gives the same alerts for it again, byte for byte", async () => {
  const cwd = folderWith({ ...papers, "trail.json.gz": gzipSync(trail(...sample.records)) });
  const args = ["replay", "trail.json.gz", "--format", "json", "--config", PAPERS.config];
  const fresh = await deputywatch(args, { cwd });
  expect(fresh.code).toBe(14);
  const found = new Set((JSON.parse(fresh.out) as Alert[]).map(({ detector }) => detector));
  expect([...found]).toEqual(expect.arrayContaining(sample.expected.map(({ detector }) => detector)));
  for (let time = 0; time < 2; time++) {
    const again = await deputywatch([...args, "--memory", "sqlite:memory.db"], { cwd });
    expect(again.out).toBe(fresh.out);
  }
  for (const { externalId } of sample.customers) expect(fresh.out + fresh.err).not.toContain(externalId);
});
