import { expect, test } from "vitest";
import { redactFor, type TenantAlert } from "../../src/alerts/redact.ts";
import { tenantFeed, type Channel } from "../../src/channels/channel.ts";
import type { Alert } from "../../src/alerts/alert.ts";
import { alert } from "./alert.ts";

test("a tenant reads what concerns it, and who at the vendor's was involved not at all", () => {
  expect(redactFor(alert(), "acme")).toMatchInlineSnapshot(`
    {
      "account": "111122223333",
      "attack": [
        "T1199",
      ],
      "calls": 3,
      "detector": "source-outside-ranges",
      "eventIds": [
        "event-1",
        "event-2",
        "event-3",
      ],
      "evidence": {
        "outcomes": [
          "allowed",
        ],
      },
      "firstSeen": "2026-11-20T10:00:00Z",
      "id": "dw-0123456789abcdef0123456789abcdef",
      "lastSeen": "2026-11-20T10:05:00Z",
      "principal": {
        "arn": null,
        "credential": null,
        "sessionName": null,
        "type": "AssumedRole",
      },
      "respond": [
        "Revoke the role's sessions.",
      ],
      "roleArn": "arn:aws:iam::111122223333:role/Vendor-7f3a",
      "schemaVersion": 1,
      "severity": "critical",
      "source": {
        "address": "203.0.113.9",
        "kind": "ip",
        "place": "outside",
        "userAgent": "curl/8",
      },
      "summary": "The outbound role was used from an address that is not the vendor's: 3 calls from 203.0.113.9 into arn:aws:iam::111122223333:role/Vendor-7f3a, from 2026-11-20T10:00:00Z to 2026-11-20T10:05:00Z.",
      "tenant": "acme",
      "title": "The outbound role was used from an address that is not the vendor's",
      "versions": {
        "product": "0.1.0",
      },
      "window": null,
      "workload": "scanner",
    }
  `);
});

test("nothing of the vendor's inside or of another tenant is left anywhere in it", () => {
  const told = JSON.stringify(redactFor(alert(), "acme"));
  expect(told).not.toMatch(/globex|999988887777|alex|4KQ7|198\.51\.100\.10|CHG-81|c0ffee|beef/);
});

test("an alert about another tenant, about several or about none is not told", () => {
  expect(redactFor(alert(), "globex")).toBeNull();
  expect(redactFor(alert({ tenant: null, evidence: { tenants: ["acme", "globex"] } }), "acme")).toBeNull();
});

test.for(["owned", "private", "unparsable", "service", "aws-internal"] as const)(
  "of an address whose place is %s only the class is told",
  (place) => {
    const source = { address: "198.51.100.10", kind: "ip", place, userAgent: "Boto3/1" } as const;
    const told = redactFor(alert({ source }), "acme")!;
    expect(told.source).toEqual({ address: null, kind: "ip", place, userAgent: null });
    expect(told.summary).not.toContain("198.51.100.10");
  },
);

test("the vendor's own role is not named as the target, the customer's own principal is", () => {
  const own = {
    type: "AssumedRole",
    arn: "arn:aws:sts::111122223333:assumed-role/Vendor-7f3a/scan-1",
    sessionName: "scan-1",
    credential: "…ABCD",
  } as const;
  const told = redactFor(
    alert({ principal: own, roleArn: "arn:aws:iam::999988887777:role/integration-scanner" }),
    "acme",
  )!;
  expect(told.principal).toEqual(own);
  expect(told.roleArn).toBeNull();
  expect(told.summary).toContain("into your account");
});

test("a feed passes on its tenant's alerts alone, redacted", async () => {
  const told: (Alert | TenantAlert)[] = [];
  const topic: Channel = {
    name: "feed-acme",
    send: (message) => {
      told.push(message);
      return Promise.resolve();
    },
  };
  const feed = tenantFeed("acme", topic);
  await feed.send(alert());
  await feed.send(alert({ tenant: "globex" }));
  await feed.send(alert({ tenant: null }));
  expect(feed.name).toBe("feed-acme");
  expect(told).toEqual([redactFor(alert(), "acme")]);
});
