import fc from "fast-check";
import { expect, test } from "vitest";
import type { Alert } from "../../src/alerts/alert.ts";
import { CSV_COLUMNS } from "../../src/alerts/formats/csv.ts";
import { FORMATS, type Look } from "../../src/alerts/formats/format.ts";
import { alertOf, elsewhere, evidence, glimpse, hostileAlert, hostileWords, START_MS } from "./sample.ts";

const plain: Look = { columns: 80, colour: false };
const MINUTE_MS = 60_000;

const sweep = alertOf(
  evidence(412, {
    lastMs: START_MS + 312_000,
    tenants: new Set(Array.from({ length: 137 }, (_, at) => `tenant-${at + 100}`)),
    accounts: new Set(Array.from({ length: 137 }, (_, at) => `${111122223333 + at}`)),
    roles: new Set(["arn:aws:iam::111122223333:role/Vendor-7f3a", "arn:aws:iam::444455556666:role/Vendor-90cc"]),
    facts: new Map([
      ["addresses", new Set(["203.0.113.9", "198.51.100.4", "2001:db8::7"])],
      ["sessionNames", new Set(["a", "b", "c", "d", "e", "f", "g"])],
    ]),
    measures: new Map([
      ["expected", 24],
      ["probability", 0.0000012],
    ]),
    windows: new Set([`${START_MS}/${START_MS + 5 * MINUTE_MS}`]),
  }),
  { severity: "critical" },
);

const suppressed = alertOf(evidence(1), {
  severity: "low",
  suppressions: [
    {
      detector: elsewhere.id,
      where: { workload: "scanner", tenant: "acme" },
      reason: "migration CHG-81",
      owner: "soc",
      untilMs: Date.parse("2026-12-01T00:00:00Z"),
    },
  ],
});

function content(name: string, alerts: readonly Alert[], look = plain): string {
  return FORMATS.find((format) => format.name === name)!.contentFor(alerts, look);
}

test("text: three calls from a foreign address, as the analyst reads them", () => {
  expect(content("text", [alertOf(evidence(3))])).toMatchInlineSnapshot(`
    "[HIGH] Outbound role used from an address that is not the vendor's
    The scanner role was used from 203.0.113.9, which the vendor does not own.

      When       2026-11-20 10:00:00 to 10:00:02 UTC (3 calls in 2 s)
      First by   arn:aws:sts::999988887777:assumed-role/integration-scanner/scan-1
                 AssumedRole, key …4KQ7, session scan-1
                 agent Boto3/1.40.1 md/Botocore#1.40.1 ua/2.1 os/linux#6.1
                 md/arch#x86_64
      First from 203.0.113.9 (not the vendor's)
      Against    tenant acme, account 111122223333
                 arn:aws:iam::111122223333:role/Vendor-7f3a
      Workload   scanner
      Evidence   addresses: 203.0.113.9
      First questions
        1. Revoke the role's active sessions; which workload did the session belong
           to?
        2. Is the address a new NAT gateway? Ask whoever owns the network, then add
           it to the published ranges.
      ATT&CK     T1199 T1078.004
      Events     event-1, event-2, event-3
      Alert      dw-65bc9635447f623c37b3845649e09a5c (source-elsewhere)
    "
  `);
});

test("text: a sweep over many customers says how many, and names a few", () => {
  expect(content("text", [sweep])).toMatchInlineSnapshot(`
    "[CRITICAL] Outbound role used from an address that is not the vendor's
    The scanner role was used from 203.0.113.9, 198.51.100.4, 2001:db8::7, which the
    vendor does not own.

      When       2026-11-20 10:00:00 to 10:05:12 UTC (412 calls in 5 min 12 s)
                 alarmed in the window 2026-11-20 10:00:00 to 10:05:00 UTC
      First by   arn:aws:sts::999988887777:assumed-role/integration-scanner/scan-1
                 AssumedRole, key …4KQ7, session scan-1
                 agent Boto3/1.40.1 md/Botocore#1.40.1 ua/2.1 os/linux#6.1
                 md/arch#x86_64
      First from 203.0.113.9 (not the vendor's)
      Against    137 tenants: tenant-100, tenant-101, tenant-102 and 134 more
                 137 accounts: 111122223333, 111122223334, 111122223335 and 134 more
                 roles: arn:aws:iam::111122223333:role/Vendor-7f3a,
                 arn:aws:iam::444455556666:role/Vendor-90cc
      Workload   scanner
      Evidence   addresses: 198.51.100.4, 2001:db8::7, 203.0.113.9
                 expected: 24
                 probability: 0.0000012
                 session names: a, b, c, d, e and more
      First questions
        1. Revoke the role's active sessions; which workload did the session belong
           to?
        2. Is the address a new NAT gateway? Ask whoever owns the network, then add
           it to the published ranges.
      ATT&CK     T1199 T1078.004
      Events     event-1, event-2, event-3 and 47 more
      Alert      dw-65bc9635447f623c37b3845649e09a5c (source-elsewhere)
    "
  `);
});

test("text: a suppressed alert says so before anything else", () => {
  expect(content("text", [suppressed])).toMatchInlineSnapshot(`
    "[LOW] Outbound role used from an address that is not the vendor's
    The scanner role was used from 203.0.113.9, which the vendor does not own.

      Suppressed until 2026-12-01 00:00:00 UTC by soc: migration CHG-81
      When       2026-11-20 10:00:00 UTC (1 call)
      Who        arn:aws:sts::999988887777:assumed-role/integration-scanner/scan-1
                 AssumedRole, key …4KQ7, session scan-1
                 agent Boto3/1.40.1 md/Botocore#1.40.1 ua/2.1 os/linux#6.1
                 md/arch#x86_64
      From       203.0.113.9 (not the vendor's)
      Against    tenant acme, account 111122223333
                 arn:aws:iam::111122223333:role/Vendor-7f3a
      Workload   scanner
      Evidence   addresses: 203.0.113.9
      First questions
        1. Revoke the role's active sessions; which workload did the session belong
           to?
        2. Is the address a new NAT gateway? Ask whoever owns the network, then add
           it to the published ranges.
      ATT&CK     T1199 T1078.004
      Events     event-1
      Alert      dw-65bc9635447f623c37b3845649e09a5c (source-elsewhere)
    "
  `);
});

test("text: the worst comes first, and of equally bad ones the earliest", () => {
  const later = alertOf(evidence(1, { firstMs: START_MS + MINUTE_MS, lastMs: START_MS + MINUTE_MS }));
  const shown = content("text", [suppressed, later, alertOf(evidence(1)), sweep]);
  expect(shown.match(/^\[[A-Z]+\]|10:0\d:00(?= UTC)/gm)).toMatchInlineSnapshot(`
    [
      "[CRITICAL]",
      "10:05:00",
      "[HIGH]",
      "10:00:00",
      "[HIGH]",
      "10:01:00",
      "[LOW]",
      "10:00:00",
    ]
  `);
});

test("text: colour only where it is asked for, and nothing else changes", () => {
  const coloured = content("text", [sweep, suppressed], { columns: 80, colour: true });
  expect(coloured).toContain("\u{1b}[");
  expect(coloured.replace(/\u{1b}\[[0-9;]*m/gu, "")).toBe(content("text", [sweep, suppressed]));
});

test("text: a user agent of a thousand characters does not push the answer off the screen", () => {
  const shown = content("text", [alertOf(evidence(1, { head: [glimpse({ userAgent: "x".repeat(1000) })] }))]);
  expect(shown).toMatch(/ x{160}…\s+\(840 characters more\)\n/);
});

test("text: lines keep to the width unless one word is longer, and nothing a caller chose acts on the terminal", () => {
  fc.assert(
    fc.property(hostileWords, fc.integer({ min: 60, max: 120 }), (words, columns) => {
      for (const line of content("text", [hostileAlert(words)], { columns, colour: false }).split("\n")) {
        expect(line).not.toMatch(/[\p{Cc}\p{Cf}\p{Cs}\u2028\u2029]/u);
        if (line.length > columns) expect(line.slice(13)).not.toContain(" ");
      }
    }),
  );
});

test("json and ndjson parse back to the alerts, and show nothing that acts on a terminal", () => {
  fc.assert(
    fc.property(hostileWords, (words) => {
      const alerts = [hostileAlert(words), sweep];
      const [json, ndjson] = [content("json", alerts), content("ndjson", alerts)];
      expect(JSON.parse(json)).toEqual(alerts);
      expect(
        ndjson
          .trimEnd()
          .split("\n")
          .map((line) => JSON.parse(line) as Alert),
      ).toEqual(alerts);
      for (const shown of [json, ndjson])
        expect(shown.replaceAll("\n", "")).not.toMatch(/[\p{Cc}\p{Cf}\p{Cs}\u2028\u2029]/u);
    }),
  );
});

test("ndjson of an alert with nothing to escape is byte for byte what JSON.stringify writes", () => {
  expect(content("ndjson", [sweep])).toBe(`${JSON.stringify(sweep)}\n`);
});

test("no alerts: an empty list, no lines, a header, no text", () => {
  expect(FORMATS.map(({ name }) => [name, content(name, [])])).toEqual([
    ["text", ""],
    ["json", "[]\n"],
    ["ndjson", ""],
    [
      "csv",
      `${Object.keys(CSV_COLUMNS)
        .map((name) => `"${name}"`)
        .join(",")}\r\n`,
    ],
  ]);
});

test("where no ranges are configured, text says so instead of calling an address a stranger's", () => {
  const alert = alertOf(evidence(1));
  expect(alert.source?.place).toBe("outside");
  const unconfigured = { ...alert, versions: { ...alert.versions, ranges: "none" } };
  expect(content("text", [unconfigured]).replace(/\s+/g, " ")).toContain("no ranges are configured to hold it against");
  expect(content("text", [{ ...alert, versions: { ...alert.versions, ranges: "abc" } }])).toContain("not the vendor's");
});
