import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { expect, test } from "vitest";
import { writeArchive } from "../../bench/archive.ts";
import { deliveryFiles, eventBridgeEvent, s3Notification, snsWrapped } from "../../examples/vendor/delivery.ts";
import { DAY_MS, ELSEWHERE, HOUR_MS, VENDOR_ACCOUNT } from "../../examples/vendor/estate.ts";
import type { TrailRecord } from "../../src/simulate/record.ts";
import { sampleVendor, type SampleOptions } from "../../examples/vendor/sample.ts";
import type { Call } from "../../src/trail/call.ts";
import { openBytes, openValue } from "../../src/trail/envelopes/open.ts";
import { digester } from "../../src/trail/external-id.ts";
import { decode } from "../../src/trail/record.ts";

const OPTIONS: SampleOptions = { seed: 1, tenants: 20, startMs: Date.parse("2026-11-19T00:00:00Z"), days: 2 };
const sample = sampleVendor(OPTIONS);
const hash = digester(sample.key);
const decoded = sample.records.map((record) => decode(record, { digester: hash, latestMs: Infinity }));
const calls = decoded.flatMap((result) => (result.kind === "call" ? [result.call] : []));
const vendorsCopies = calls.filter(({ recipient }) => recipient === VENDOR_ACCOUNT);
const crossings = vendorsCopies.filter(
  ({ caller, target }) => caller.kind === "AssumedRole" && target.account !== VENDOR_ACCOUNT,
);

/** Undefined where no external ID was sent. */
function digestOf(asked: Call["asked"]): string | undefined {
  return typeof asked?.externalId === "object" ? asked.externalId?.digest : undefined;
}

test("the same options make the same bytes, another seed another estate", () => {
  expect(JSON.stringify(sampleVendor(OPTIONS))).toBe(JSON.stringify(sample));
  expect(sampleVendor({ ...OPTIONS, seed: 2 }).tenants).not.toBe(sample.tenants);
});

test("a sample too small for its attacks is refused", () => {
  expect(() => sampleVendor({ ...OPTIONS, tenants: 7 })).toThrow(RangeError);
  expect(() => sampleVendor({ ...OPTIONS, days: 1 })).toThrow(RangeError);
  expect(() => sampleVendor({ ...OPTIONS, startMs: 1 })).toThrow(RangeError);
});

test("every record is in time order, and read as a call or put aside for another service's event", () => {
  const times = sample.records.map(({ eventTime }) => eventTime);
  expect(times).toEqual([...times].sort());
  expect(new Set(sample.records.map(({ eventID }) => eventID)).size).toBe(sample.records.length);
  expect(new Set(decoded.map((result) => ("reason" in result ? result.reason : result.kind)))).toEqual(
    new Set(["call", "other event"]),
  );
});

test("each step into a customer's role is made with a key that the outbound role's entry issued, within the hour", () => {
  const issuedMs = new Map(vendorsCopies.map(({ issued, timeMs }) => [issued?.digest, timeMs]));
  for (const { caller, timeMs } of crossings) {
    const ageMs = timeMs - (issuedMs.get(caller.credential?.digest) ?? NaN);
    expect(ageMs).toBeGreaterThanOrEqual(0);
    expect(ageMs).toBeLessThan(HOUR_MS);
  }
});

test("no customer is entered more than once beyond the cadence in any period, attacks included", () => {
  const everyMs = new Map([
    ["integration-scanner", DAY_MS],
    ["integration-poller", HOUR_MS],
  ]);
  const byPair = Map.groupBy(crossings, ({ caller, target }) => `${caller.roleArn?.split("/")[1]} ${target.roleArn}`);
  expect(byPair.size).toBe(2 * OPTIONS.tenants);
  for (const [pair, visits] of byPair) {
    const periodMs = everyMs.get(pair.split(" ")[0]!)!;
    for (const [index, visit] of visits.entries()) {
      const third = visits[index + 2];
      if (third !== undefined) expect(third.timeMs - visit.timeMs).toBeGreaterThanOrEqual(periodMs);
    }
  }
});

test("external IDs are those of the registry, the former one during a rotation", () => {
  const registered = new Map(
    sample.tenants
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line) as Record<string, string | null>)
      .map((role) => [role.roleArn, [role.externalId, role.previousExternalId]]),
  );
  const allowed = crossings.filter(({ outcome }) => outcome === "allowed");
  const formerly = allowed.filter(({ asked, target }) => registered.get(target.roleArn)![1] === digestOf(asked));
  for (const { asked, target } of allowed) expect(registered.get(target.roleArn)).toContain(digestOf(asked));
  expect(formerly.length).toBeGreaterThan(0);
  expect(formerly.every(({ timeMs }) => timeMs < OPTIONS.startMs + DAY_MS)).toBe(true);
});

test("no external ID is in clear in the papers", () => {
  const papers = sample.config + sample.tenants + sample.ranges;
  expect(sample.customers.filter(({ externalId }) => papers.includes(externalId))).toEqual([]);
});

test("the customers' copies share the call's event ID and nothing else of the caller", () => {
  const copies = calls.filter(({ caller }) => caller.kind === "AWSAccount");
  const keys = new Map(crossings.map((call) => [call.key, call]));
  expect(copies.length).toBeGreaterThan(50);
  for (const copy of copies) {
    const original = keys.get(copy.key)!;
    expect(copy.eventIds).not.toEqual(original.eventIds);
    expect(copy.caller.arn).toBeNull();
    expect(copy.issued).toEqual(original.issued);
  }
});

test("the five anomalies are there, once each", () => {
  const from = (address: string): readonly Call[] => crossings.filter(({ source }) => source.address === address);
  const strangers = crossings.filter(({ source }) => !/^(198\.51\.100|192\.0\.2)\./.test(source.address));
  expect(new Set(strangers.map(({ source }) => source.address))).toEqual(new Set(Object.values(ELSEWHERE)));
  const [twin] = from(ELSEWHERE.twin);
  const sameSession = crossings.filter(({ caller }) => caller.credential?.digest === twin!.caller.credential!.digest);
  expect(new Set(sameSession.map(({ source }) => source.address)).size).toBeGreaterThan(1);
  expect(from(ELSEWHERE.thief).length + from(ELSEWHERE.thiefIpv6).length).toBe(2);
  expect(vendorsCopies.filter(({ caller }) => caller.roleArn?.includes("AWSReservedSSO_")).length).toBe(1);
  expect(crossings.filter(({ asked }) => asked?.sessionName === "botocore-session-1700000000").length).toBe(1);
  const sweepMs = OPTIONS.startMs + DAY_MS + 15 * HOUR_MS;
  const swept = crossings.filter(
    ({ caller, timeMs }) =>
      caller.roleArn?.endsWith("scanner") === true && timeMs >= sweepMs && timeMs < sweepMs + HOUR_MS / 6,
  );
  expect(new Set(swept.map(({ target }) => target.roleArn)).size).toBe(OPTIONS.tenants);
  expect(sample.expected.map(({ detector }) => detector)).toEqual([
    "human-operator",
    "source-outside-ranges",
    "session-in-two-places",
    "unusual-session-name",
    "tenant-sweep",
  ]);
});

test("delivery files hold every record once, each where CloudTrail would put it", () => {
  const files = deliveryFiles(sample.records);
  const layout =
    /^AWSLogs\/(\d{12})\/CloudTrail\/([a-z0-9-]+)\/\d{4}\/\d\d\/\d\d\/\1_CloudTrail_\2_\d{8}T\d{4}Z_[A-Za-z0-9]{16}\.json\.gz$/;
  const delivered = files.flatMap(({ key, body }) => {
    const [, account, region] = layout.exec(key)!;
    const { records, rejected } = openBytes(gunzipSync(body));
    expect(rejected).toEqual([]);
    for (const { recipientAccountId, awsRegion } of records as TrailRecord[]) {
      expect([recipientAccountId, awsRegion]).toEqual([account, region]);
    }
    return records as TrailRecord[];
  });
  const idsOf = (records: readonly TrailRecord[]): string[] => records.map(({ eventID }) => eventID).sort();
  expect(idsOf(delivered)).toEqual(idsOf(sample.records));
  expect(new Set(files.map(({ key }) => key)).size).toBe(files.length);
  expect(deliveryFiles(sample.records, VENDOR_ACCOUNT).every(({ key }) => key.includes(VENDOR_ACCOUNT))).toBe(true);
});

test("the envelopes are ones that the product opens", () => {
  const record = sample.records[0]!;
  const key = "AWSLogs/999988887777/CloudTrail/eu-west-1/2026/11/19/a b+c_20261119T1005Z_é.json.gz";
  const notification = s3Notification("trail-bucket", key);
  expect(openValue(eventBridgeEvent(record)).records).toEqual([record]);
  expect(openValue(snsWrapped(JSON.stringify(eventBridgeEvent(record)))).records).toEqual([
    JSON.parse(JSON.stringify(record)),
  ]);
  const object = { bucket: "trail-bucket", key, region: "eu-west-1" };
  expect(openValue(notification).objects).toEqual([object]);
  expect(openValue(snsWrapped(JSON.stringify(notification))).objects).toEqual([object]);
});

test("an archive of any length is a trail of the same kind", async () => {
  const folder = await mkdtemp(join(tmpdir(), "archive-"));
  try {
    for (const [mix, least, most] of [
      ["cross-account", 0.89, 0.91],
      ["mixed", 0.02, 0.04],
    ] as const) {
      const size = await writeArchive(join(folder, mix), { calls: 3000, accounts: 500, mix, seed: 1 });
      const names = await readdir(join(folder, mix, "trail"), { recursive: true });
      const files = names.filter((name) => name.endsWith(".json.gz"));
      const texts = await Promise.all(files.map((name) => readFile(join(folder, mix, "trail", name))));
      const opened = texts.map((bytes) => openBytes(gunzipSync(bytes)));
      const results = opened.flatMap(({ records }) =>
        records.map((record) => decode(record, { digester: hash, latestMs: Infinity })),
      );
      expect({ files: files.length, records: results.length }).toEqual({ files: size.files, records: size.records });
      const entered = results.filter((result) => result.kind === "call" && digestOf(result.call.asked) !== undefined);
      expect(entered.length / size.records).toBeGreaterThan(least);
      expect(entered.length / size.records).toBeLessThan(most);
      expect(results.filter(({ kind }) => kind === "rejected")).toEqual([]);
      const ids = opened.flatMap(({ records }) => (records as TrailRecord[]).map(({ eventID }) => eventID));
      expect(new Set(ids).size).toBe(ids.length);
    }
  } finally {
    await rm(folder, { recursive: true });
  }
});
