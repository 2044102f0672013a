import { describe, expect, test } from "vitest";
import type { Alert } from "../../src/alerts/alert.ts";
import { ACME, AWAY, exampleVendor, HOME } from "../../src/detectors/example.ts";
import { issuedCredentialsElsewhere } from "../../src/detectors/issued-credentials-elsewhere.ts";
import { alertOf } from "../../src/pipeline/alert-of.ts";
import { asRemembered, judge, type Verdict } from "../../src/pipeline/judge.ts";
import { readBody } from "../../src/pipeline/read.ts";
import { decodingAt, settingsFrom } from "../../src/pipeline/settings.ts";
import { memoryStore } from "../../src/stores/memory.ts";
import { withoutPath } from "../../src/trail/arn.ts";
import { EXTERNAL_ID, hash, ISSUED_KEY, RECORD, SCANNER, SESSION_TOKEN, TARGET } from "../trail/sample-record.ts";
import { orders } from "../properties/shuffle.ts";

const NOW_MS = Date.UTC(2026, 10, 21);
const [scanner] = exampleVendor().outboundRoles.values();
const bare = withoutPath(SCANNER);
const vendor = exampleVendor({}, [ACME], { outboundRoles: new Map([[bare, { ...scanner!, arn: bare }]]) });
const settings = {
  ...settingsFrom(null, [issuedCredentialsElsewhere], new Uint8Array(32).fill(7)),
  vendor,
  digester: hash,
};

/** The customer's copy of the same call: its own eventID, and nothing of the caller but whose account it was. */
const COPY = {
  ...RECORD,
  eventID: "e-customer",
  recipientAccountId: ACME.account,
  userIdentity: { type: "AWSAccount", principalId: "AROAEXAMPLESCANNER:scan-1", accountId: "999988887777" },
};

/** What was done inside with the key that the call was answered with; `n` tells calls apart. */
function used(from: string, n = 0, changes: object = {}): object {
  return {
    ...{ eventVersion: "1.11", eventID: `e-use-${n}`, eventTime: `2026-11-20T10:0${n % 10}:30Z` },
    ...{ eventSource: "ec2.amazonaws.com", eventName: "DescribeInstances", awsRegion: "us-east-1" },
    ...{ sourceIPAddress: from, userAgent: "Boto3/1.42.3", recipientAccountId: ACME.account },
    userIdentity: {
      type: "AssumedRole",
      principalId: "AROAEXAMPLETARGET:scan-acme",
      arn: "arn:aws:sts::111122223333:assumed-role/Vendor-7f3a/scan-acme",
      accountId: ACME.account,
      accessKeyId: ISSUED_KEY,
      sessionContext: { sessionIssuer: { type: "Role", arn: TARGET } },
    },
    ...changes,
  };
}

/** The alerts in the end, of one delivery a record; and what memory holds then. */
async function alertsOf(records: readonly object[]) {
  const store = memoryStore();
  const verdicts = new Map<string, Verdict>();
  for (const record of records) {
    const reading = readBody(JSON.stringify({ Records: [record] }), decodingAt(settings, NOW_MS));
    for (const verdict of (await judge(reading, { ...settings, store })).verdicts) verdicts.set(verdict.id, verdict);
  }
  const alerts = (await asRemembered(verdicts.values(), store)).map((verdict) => alertOf(verdict, settings));
  return { alerts, cells: store.cells };
}

describe("the two accounts' trails", () => {
  test("tell of a stolen session in any order, by one alert that names the customer and no secret", async () => {
    const told = new Set<string>();
    for (const records of orders([RECORD, COPY, used(AWAY)]))
      told.add(JSON.stringify((await alertsOf(records)).alerts));
    const [alerts] = [...told].map((text) => JSON.parse(text) as readonly Alert[]);
    expect(told.size).toBe(1);
    expect(alerts).toMatchObject([
      {
        detector: "issued-credentials-elsewhere",
        ...{ tenant: "acme", account: ACME.account, roleArn: TARGET, workload: null },
        summary:
          "Credentials for tenant acme, issued to the vendor's own network, were used from outside: " +
          "from a place that is not the vendor's.",
        source: { address: AWAY, place: "outside" },
        eventIds: ["e-customer", "e-use-0"],
      },
    ]);
    expect([...told].join()).not.toMatch(new RegExp(`${ISSUED_KEY}|${SESSION_TOKEN}|${EXTERNAL_ID}`));
  });

  test("come to one alert where the vendor's copy was cut and the customer's does not show the endpoint", async () => {
    const cut = { ...RECORD, sourceIPAddress: "10.0.3.4", requestParameters: { omitted: true } };
    const blurred = { ...COPY, sourceIPAddress: "10.0.3.4", vpcEndpointId: undefined };
    const told = new Set<string>();
    for (const records of orders([cut, blurred, used(AWAY)]))
      told.add(JSON.stringify((await alertsOf(records)).alerts));
    expect([...told].map((text) => JSON.parse(text) as readonly Alert[])).toMatchObject([
      [{ calls: 2, eventIds: ["e-customer", "e-vendor", "e-use-0"] }],
    ]);
  });

  test("come to the same when they are delivered again", async () => {
    const records = [COPY, used(AWAY), RECORD];
    const again = [...records, ...records.toReversed(), used(AWAY)];
    expect(await alertsOf(again)).toEqual(await alertsOf(records));
  });

  test("say nothing of a session that its owner uses, nor of what AWS does for it", async () => {
    const { alerts } = await alertsOf([
      ...[RECORD, COPY, used(HOME)],
      used("cloudformation.amazonaws.com", 1),
      used(AWAY, 2, { userIdentity: { ...RECORD.userIdentity, accessKeyId: ISSUED_KEY, invokedBy: "AWS Internal" } }),
      used("AWS Internal", 3),
    ]);
    expect(alerts).toEqual([]);
  });

  test("tell of the hop in the vendor's own account when its key outlives itself; whence it is used others tell", async () => {
    const entered = {
      ...RECORD,
      eventTime: "2026-11-20T09:30:00Z",
      ...{ eventID: "e-entry", sharedEventID: undefined, resources: undefined },
      userIdentity: {
        ...{ type: "AssumedRole", principalId: "AROAEXAMPLETASK:task-1", accountId: "999988887777" },
        ...{ arn: "arn:aws:sts::999988887777:assumed-role/ecs-scanner/task-1", accessKeyId: "ASIAEXAMPLETASK00003" },
      },
      requestParameters: { roleArn: SCANNER, roleSessionName: "scan-1" },
      responseElements: { credentials: { accessKeyId: RECORD.userIdentity.accessKeyId } },
    };
    const crossed = { ...RECORD, vpcEndpointId: undefined, sourceIPAddress: AWAY };
    for (const record of [RECORD, crossed]) expect((await alertsOf([entered, record])).alerts).toEqual([]);
    const late = { ...RECORD, eventTime: "2026-11-20T13:00:00Z" };
    for (const records of orders([entered, late])) {
      expect((await alertsOf(records)).alerts).toMatchObject([{ tenant: null, workload: "scanner" }]);
    }
  });
});

test("a key that enters further roles or stops the customer's trail is as much in use as one that reads", async () => {
  const chained = used(AWAY, 0, {
    ...{ eventSource: "sts.amazonaws.com", eventName: "AssumeRole" },
    requestParameters: { roleArn: "arn:aws:iam::111122223333:role/admin", roleSessionName: "x" },
  });
  const stopped = used(AWAY, 0, { eventSource: "cloudtrail.amazonaws.com", eventName: "StopLogging" });
  for (const record of [chained, stopped]) expect((await alertsOf([record])).alerts).toHaveLength(1);
});

test("a thousand calls of one session in one place are remembered as one, and make one alert", async () => {
  const records = Array.from({ length: 1_000 }, (_, n) => used(AWAY, n));
  const { alerts, cells } = await alertsOf([COPY, ...records]);
  expect(alerts).toHaveLength(1);
  const [cell, ...others] = [...cells].filter(([key]) => key.startsWith("lineage/")).map(([, value]) => value);
  expect(others).toEqual([]);
  expect(cell?.kind === "facets" && cell.value.size).toBe(2);
});

test("entering a customer costs no memory where nobody will tell what becomes of the key", async () => {
  const { cells } = await alertsOf([RECORD]);
  expect([...cells.keys()].filter((key) => key === `lineage/${hash.issued(ISSUED_KEY).digest}`)).toEqual([]);
});

const WRONGS = {
  "issued in Virginia, used from the vendor's own network in Ireland": ["from another place than they were issued to"],
  "nobody saw the entry": ["from a place that is not the vendor's"],
  "the outbound role's key, two hours after it expired": ["after they had expired"],
  "a key that was in use before it was issued": ["before they were issued"],
  "one role's key under another role's name": ["as another role or session"],
  "without ranges: issued to one region of AWS, used from another": ["from another place than they were issued to"],
};

test.each(Object.entries(WRONGS))("says what is wrong, and no more: %s", async (name, wrongs) => {
  const { vendor, events } = issuedCredentialsElsewhere.examples.fires[name]!;
  const court = { vendor, detectors: [issuedCredentialsElsewhere], store: memoryStore() };
  const calls = events.filter((event) => "target" in event);
  const uses = events.filter((event) => "service" in event);
  const { verdicts } = await judge({ calls, changes: [], uses }, court);
  expect(verdicts.map(({ evidence }) => [...(evidence.facts.get("wrongs") ?? [])])).toEqual([wrongs]);
});
