import type { Alert } from "../../src/alerts/alert.ts";

/** An alert about one customer, full of what the vendor's SOC may read and a customer may not. */
export function alert(extra: Partial<Alert> = {}): Alert {
  return {
    schemaVersion: 1,
    id: "dw-0123456789abcdef0123456789abcdef",
    detector: "source-outside-ranges",
    severity: "critical",
    title: "The outbound role was used from an address that is not the vendor's",
    summary: "arn:aws:sts::999988887777:assumed-role/integration-scanner/alex reached acme, not globex.",
    tenant: "acme",
    account: "111122223333",
    roleArn: "arn:aws:iam::111122223333:role/Vendor-7f3a",
    workload: "scanner",
    principal: {
      type: "AssumedRole",
      arn: "arn:aws:sts::999988887777:assumed-role/integration-scanner/alex",
      sessionName: "alex",
      credential: "…4KQ7",
    },
    source: { address: "203.0.113.9", kind: "ip", place: "outside", userAgent: "curl/8" },
    firstSeen: "2026-11-20T10:00:00Z",
    lastSeen: "2026-11-20T10:05:00Z",
    window: null,
    calls: 3,
    eventIds: ["event-1", "event-2", "event-3"],
    evidence: {
      addresses: ["203.0.113.9", "198.51.100.10"],
      outcomes: ["allowed"],
      sessionNames: ["scan-globex-1"],
      holders: ["globex"],
    },
    attack: ["T1199"],
    respond: ["Revoke the role's sessions."],
    suppressed: { reason: "CHG-81", owner: "soc", until: "2026-12-01T00:00:00Z" },
    versions: { product: "0.1.0", config: "c0ffee", ranges: "beef", baseline: null },
    ...extra,
  };
}
