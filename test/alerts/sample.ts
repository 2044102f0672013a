import fc from "fast-check";
import type { AlertContext } from "../../src/alerts/build.ts";
import { buildAlert } from "../../src/alerts/build.ts";
import type { Alert } from "../../src/alerts/alert.ts";
import { emptyEvidence } from "../../src/detectors/evidence.ts";
import type { CallDetector } from "../../src/detectors/detector.ts";
import type { Evidence } from "../../src/memory/cell.ts";
import type { Glimpse } from "../../src/memory/glimpse.ts";
import { addPair, hash32 } from "../../src/memory/pairs.ts";
import type { Vendor } from "../../src/outbound/vendor.ts";

export const START_MS = Date.parse("2026-11-20T10:00:00Z");

/** A detector written for these tests; it never judges, because alerts are built from evidence. */
export const elsewhere: CallDetector = {
  id: "source-elsewhere",
  version: 1,
  title: "Outbound role used from an address that is not the vendor's",
  severity: "high",
  attack: ["T1199", "T1078.004"],
  why: "The vendor's workloads call from the vendor's addresses. A call from another one means that credentials left home.",
  respond: [
    "Revoke the role's active sessions; which workload did the session belong to?",
    "Is the address a new NAT gateway? Ask whoever owns the network, then add it to the published ranges.",
  ],
  blind: "Credentials used from inside the vendor's own network.",
  sources: ["https://docs.aws.amazon.com/IAM/latest/UserGuide/confused-deputy.html"],
  summary: (evidence) =>
    `The scanner role was used from ${[...(evidence.facts.get("addresses") ?? [])].join(", ")}, which the vendor does not own.`,
  examples: {
    fires: { "one call from a hosting provider": { vendor: nobody(), events: [] } },
    quiet: { "a call from the published range": { vendor: nobody(), events: [] } },
  },
  judges: "call",
  judge: () => undefined,
};

/** A vendor without a registry, whose addresses are not known. */
export function nobody(): Vendor {
  return {
    accounts: new Set(["999988887777"]),
    outboundRoles: new Map(),
    whereabouts: { pools: [], endpoints: new Map([["vpce-0a1b2c3d", "private"]]), aws: null },
    registry: null,
    digestsComparable: false,
    trailResources: [],
    falseAlarmsPerMonth: 1,
    versions: { config: "c0ffee", ranges: "2026-11-20" },
  };
}

export function glimpse(extra: Partial<Glimpse> = {}): Glimpse {
  return {
    timeMs: START_MS,
    id: "event-1",
    kind: "AssumedRole",
    arn: "arn:aws:sts::999988887777:assumed-role/integration-scanner/scan-1",
    sessionName: "scan-1",
    last4: "4KQ7",
    address: "203.0.113.9",
    vpcEndpointId: null,
    asked: null,
    named: null,
    userAgent: "Boto3/1.40.1 md/Botocore#1.40.1 ua/2.1 os/linux#6.1 md/arch#x86_64",
    ...extra,
  };
}

/** Evidence of `calls` calls, a second apart, against one role of tenant acme. */
export function evidence(calls: number, extra: Partial<Evidence> = {}): Evidence {
  const sample = Array.from({ length: Math.min(calls, 50) }, (_, at) => ({
    timeMs: START_MS + at * 1000,
    id: `event-${at + 1}`,
    eventIds: [`event-${at + 1}`],
  }));
  const made: Evidence = {
    ...emptyEvidence(START_MS, START_MS + (calls - 1) * 1000),
    sample,
    head: [glimpse()],
    tenants: new Set(["acme"]),
    accounts: new Set(["111122223333"]),
    roles: new Set(["arn:aws:iam::111122223333:role/Vendor-7f3a"]),
    workloads: new Set(["scanner"]),
    facts: new Map([["addresses", new Set(["203.0.113.9"])]]),
    ...extra,
  };
  for (let call = 1; call <= calls; call++) addPair(made.calls, 1, hash32(`event-${call}`));
  return made;
}

export function alertOf(found: Evidence, extra: Partial<AlertContext> = {}, detector = elsewhere): Alert {
  const context: AlertContext = { vendor: nobody(), severity: detector.severity, suppressions: [], product: "0.1.0" };
  return buildAlert(detector, { subject: "scan-1", tenant: null, dayMs: START_MS }, found, { ...context, ...extra });
}

/** Everything that a caller may choose, chosen badly. */
export function hostileAlert(words: string): Alert {
  return alertOf(
    evidence(2, {
      head: [glimpse({ arn: words, sessionName: words, userAgent: words, address: words, vpcEndpointId: words })],
      tenants: new Set([words]),
      roles: new Set([words]),
      facts: new Map([["addresses", new Set([words, "203.0.113.9"])]]),
    }),
  );
}

/** Words that act, hide, break out of a cell or overflow a line. */
export const hostileWords = fc
  .array(
    fc.constantFrom(
      "a",
      " ",
      "\n",
      "\r",
      "\t",
      "\u{1b}[2J",
      "\u{9b}1m",
      "\u202e",
      "\u200b",
      "\u2028",
      "\ud800",
      "=1+1",
      "-",
      '"',
      ",",
      "\u{e0041}",
      "long-word-".repeat(12),
    ),
  )
  .map((parts) => parts.join(""));
