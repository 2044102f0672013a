import { expect, test } from "vitest";
import type { Evidence, Facet } from "../../src/memory/cell.ts";
import { decodeCell, encodeCell, joinCells } from "../../src/memory/cell.ts";
import { emptyEvidence, evidenceOfFacets } from "../../src/detectors/evidence.ts";
import { alertOf, evidence, glimpse, nobody, START_MS } from "./sample.ts";

test("an alert of three calls against one role, whole", () => {
  expect(alertOf(evidence(3))).toMatchInlineSnapshot(`
    {
      "account": "111122223333",
      "attack": [
        "T1199",
        "T1078.004",
      ],
      "calls": 3,
      "detector": "source-elsewhere",
      "eventIds": [
        "event-1",
        "event-2",
        "event-3",
      ],
      "evidence": {
        "addresses": [
          "203.0.113.9",
        ],
      },
      "firstSeen": "2026-11-20T10:00:00Z",
      "id": "dw-65bc9635447f623c37b3845649e09a5c",
      "lastSeen": "2026-11-20T10:00:02Z",
      "principal": {
        "arn": "arn:aws:sts::999988887777:assumed-role/integration-scanner/scan-1",
        "credential": "…4KQ7",
        "sessionName": "scan-1",
        "type": "AssumedRole",
      },
      "respond": [
        "Revoke the role's active sessions; which workload did the session belong to?",
        "Is the address a new NAT gateway? Ask whoever owns the network, then add it to the published ranges.",
      ],
      "roleArn": "arn:aws:iam::111122223333:role/Vendor-7f3a",
      "schemaVersion": 1,
      "severity": "high",
      "source": {
        "address": "203.0.113.9",
        "kind": "ip",
        "place": "outside",
        "userAgent": "Boto3/1.40.1 md/Botocore#1.40.1 ua/2.1 os/linux#6.1 md/arch#x86_64",
        "vpcEndpointId": null,
      },
      "summary": "The scanner role was used from 203.0.113.9, which the vendor does not own.",
      "suppressed": null,
      "tenant": "acme",
      "title": "Outbound role used from an address that is not the vendor's",
      "versions": {
        "attack": "17.1",
        "baseline": null,
        "config": "c0ffee",
        "product": "0.1.0",
        "ranges": "2026-11-20",
      },
      "window": null,
      "workload": "scanner",
    }
  `);
});

test("evidence joined in any order, twice, or read back from a store gives the same bytes", () => {
  const parts = (): Evidence[] => [
    evidence(2, { facts: new Map([["addresses", new Set(["203.0.113.9"])]]), measures: new Map([["targets", 2]]) }),
    evidence(1, { facts: new Map([["addresses", new Set(["198.51.100.4"])]]), tenants: new Set(["globex"]) }),
    evidence(5, {
      facts: new Map([["zones", new Set(["b", "a"])]]),
      windows: new Set([`${START_MS}/${START_MS + 60_000}`]),
    }),
  ];
  const joined = (order: readonly number[]): string => {
    let cell = { kind: "evidence" as const, value: emptyEvidence(null, null) };
    for (const at of order) {
      const read = decodeCell(encodeCell(joinCells(cell, { kind: "evidence", value: parts()[at]! })));
      if (read.kind !== "evidence") throw new Error("a cell changed its kind");
      cell = { kind: "evidence", value: read.value };
    }
    return JSON.stringify(alertOf(cell.value));
  };
  const once = joined([0, 1, 2]);
  for (const order of [
    [2, 1, 0],
    [1, 2, 0],
    [0, 0, 1, 2, 1],
  ])
    expect(joined(order)).toBe(once);
  expect(JSON.parse(once)).toMatchObject({
    calls: 5,
    tenant: null,
    evidence: { tenants: ["acme", "globex"], targets: 2 },
  });
});

test("what concerns several is named in lists, not by the first of them", () => {
  const alert = alertOf(
    evidence(2, {
      tenants: new Set(["globex", "acme"]),
      accounts: new Set(["444455556666", "111122223333"]),
      roles: new Set(),
    }),
  );
  expect(alert).toMatchObject({ tenant: null, account: null, roleArn: null, workload: "scanner" });
  expect(alert.evidence).toEqual({
    accounts: ["111122223333", "444455556666"],
    addresses: ["203.0.113.9"],
    tenants: ["acme", "globex"],
  });
});

test("a sweep over ten thousand tenants fits an SNS message, and says how many there were", () => {
  const tenants = new Set(Array.from({ length: 10_000 }, (_, at) => `tenant-${at}-${"x".repeat(40)}`));
  const alert = alertOf(evidence(10_000, { tenants }));
  expect(alert.calls).toBe(10_000);
  expect(alert.evidence.tenantCount).toBe(10_000);
  expect(alert.evidence.tenants).toHaveLength(50);
  expect(Buffer.byteLength(JSON.stringify(alert))).toBeLessThan(262_144 / 4);
});

test("event ids are those of every copy of the earliest calls, each once, a hundred at most", () => {
  const sample = Array.from({ length: 50 }, (_, at) => ({
    timeMs: START_MS + at,
    id: `call-${at}`,
    eventIds: [`vendor-${at}`, `customer-${at}`, "same-in-all"],
  }));
  const { eventIds } = alertOf(evidence(50, { sample }));
  expect(eventIds).toHaveLength(100);
  expect(new Set(eventIds).size).toBe(100);
  expect(eventIds.slice(0, 4)).toEqual(["vendor-0", "customer-0", "same-in-all", "vendor-1"]);
});

test("of the windows that alarmed, the shortest is shown, and of equally short ones the earliest", () => {
  const at = (start: number, minutes: number): string =>
    `${START_MS + start * 60_000}/${START_MS + (start + minutes) * 60_000}`;
  const windows = new Set([at(0, 60), at(10, 5), at(5, 5), at(-1440, 1440)]);
  expect(alertOf(evidence(9, { windows })).window).toEqual({
    start: "2026-11-20T10:05:00Z",
    end: "2026-11-20T10:10:00Z",
  });
  expect(alertOf(evidence(9)).window).toBeNull();
});

test("times have milliseconds only where there are any", () => {
  const alert = alertOf(evidence(1, { lastMs: START_MS + 1234 }));
  expect([alert.firstSeen, alert.lastSeen]).toEqual(["2026-11-20T10:00:00Z", "2026-11-20T10:00:01.234Z"]);
});

test.each([
  ["203.0.113.9", null, "ip", "outside"],
  ["10.0.0.7", "vpce-0a1b2c3d", "vpc-endpoint", "owned"],
  ["10.0.0.7", "vpce-99999999", "vpc-endpoint", "foreign-endpoint"],
  ["10.0.0.7", null, "ip", "private"],
  ["config.amazonaws.com", null, "service", "service"],
  ["AWS Internal", null, "aws-internal", "aws-internal"],
  ["253.252.51.07", null, "unparsable", "unparsable"],
  [null, null, "unparsable", "unparsable"],
])("a call from %s through %s is of kind %s and place %s", (address, vpcEndpointId, kind, place) => {
  const { source } = alertOf(evidence(1, { head: [glimpse({ address, vpcEndpointId })] }));
  expect(source).toMatchObject({ address: address ?? "", vpcEndpointId, kind, place });
});

test("what a session's places remember tells who called first, when, and which calls they were", () => {
  const seen = (minutes: number, id: string, address: string): Facet => {
    const timeMs = START_MS + minutes * 60_000;
    return { sample: [{ timeMs, id, eventIds: [id] }], head: [glimpse({ timeMs, id, address })] };
  };
  const facets = new Map([
    ["outside", seen(5, "away", "203.0.113.9")],
    ["owned", seen(0, "home", "198.51.100.4")],
  ]);
  expect(alertOf(evidenceOfFacets(facets, { places: [...facets.keys()] }))).toMatchObject({
    firstSeen: "2026-11-20T10:00:00Z",
    lastSeen: "2026-11-20T10:05:00Z",
    calls: 2,
    eventIds: ["home", "away"],
    source: { address: "198.51.100.4" },
    evidence: { places: ["outside", "owned"] },
  });
});

test("an alert of the system itself, behind which there is no call, has neither principal nor source", () => {
  expect(alertOf(evidence(0, { head: [], firstMs: START_MS, lastMs: START_MS }))).toMatchObject({
    principal: null,
    source: null,
    calls: 0,
  });
});

test("severity and versions come from the run and the past, the identity does not depend on them", () => {
  const plain = alertOf(evidence(1));
  const other = alertOf(evidence(7, { baselines: new Set(["b-1"]) }), {
    severity: "low",
    product: "9.9.9",
    vendor: { ...nobody(), versions: { config: "other", ranges: "none" } },
  });
  expect(other).toMatchObject({ id: plain.id, severity: "low" });
  expect(other.versions).toEqual({
    product: "9.9.9",
    config: "other",
    ranges: "none",
    baseline: "b-1",
    attack: "17.1",
  });
});
