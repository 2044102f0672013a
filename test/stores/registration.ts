import type { DeletionRecord } from "../../src/tenants/deletion.ts";
import type { Registration } from "../../src/tenants/tenant.ts";

/** `hmac-sha256:` and 64 times the digit. */
export function digest(digit: string): string {
  return `hmac-sha256:${digit.repeat(64)}`;
}

/** A customer's registration, of which everything is told. */
export function registration(account: string, extra: Partial<Registration> = {}): Registration {
  return {
    tenant: "acme",
    account,
    roleArn: `arn:aws:iam::${account}:role/Vendor-7f3a`,
    externalId: digest("a"),
    previousExternalId: digest("b"),
    previousUntilMs: Date.UTC(2026, 10, 30),
    retired: [{ externalId: digest("c"), untilMs: Date.UTC(2026, 5, 1, 12, 30, 15, 250) }],
    region: "eu-west-1",
    status: "active",
    sinceMs: Date.UTC(2026, 0, 1),
    untilMs: null,
    feedTopicArn: "arn:aws:sns:eu-west-1:999988887777:acme",
    forwardsTrail: true,
    externalIdSinceMs: Date.UTC(2026, 9, 1),
    verifiedMs: Date.UTC(2026, 9, 2, 3, 4, 5, 6),
    ...extra,
  };
}

/** `300000000000` and on. */
export function accounts(count: number): readonly string[] {
  return Array.from({ length: count }, (_, n) => String(300_000_000_000 + n));
}

export function deletion(number: number): DeletionRecord {
  return {
    schemaVersion: 1,
    id: `del-${String(number).padStart(32, "0")}`,
    tenant: digest("d"),
    accounts: [digest("e")],
    offboarded: "2026-11-01T00:00:00Z",
    deleted: `2026-11-${String(20 - number).padStart(2, "0")}T00:00:00Z`,
    removed: { registrations: 1, vault: 2 },
    keyId: "f".repeat(64),
    signature: "c2lnbmF0dXJl",
  };
}
