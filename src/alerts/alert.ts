import type { CallerKind } from "../trail/call.ts";
import type { Severity } from "../detectors/detector.ts";
import type { Place } from "../ranges/place.ts";

/**
 * The public alert: one line of `replay --format ndjson`, the body of every SNS message. Times are ISO 8601 in UTC.
 * Every string under `principal`, `source` and `evidence` may have been chosen by an attacker.
 */
export interface Alert {
  readonly schemaVersion: 1;
  /** `dw-` and 32 hex digits of the identity: the same for every copy, replay and redelivery. */
  readonly id: string;
  readonly detector: string;
  readonly severity: Severity;
  readonly title: string;
  readonly summary: string;
  /** Null where none, or more than one, is concerned. */
  readonly tenant: string | null;
  readonly account: string | null;
  readonly roleArn: string | null;
  readonly workload: string | null;
  readonly principal: {
    readonly type: CallerKind;
    readonly arn: string | null;
    readonly sessionName: string | null;
    /** `…` and the last four characters of the access key id. */
    readonly credential: string | null;
  } | null;
  readonly source: {
    /** As recorded; empty where the record has none. */
    readonly address: string;
    /** Tells the private addresses of two networks apart. */
    readonly vpcEndpointId?: string | null;
    readonly kind: "ip" | "vpc-endpoint" | "service" | "aws-internal" | "unparsable";
    readonly place: Place["kind"];
    readonly userAgent: string | null;
  } | null;
  readonly firstSeen: string;
  readonly lastSeen: string;
  readonly window: { readonly start: string; readonly end: string } | null;
  /** Distinct calls behind the alert. */
  readonly calls: number;
  /** Of the earliest calls; capped, the total is `calls`. */
  readonly eventIds: readonly string[];
  /** Named lists of what was seen and named numbers, sorted by name. */
  readonly evidence: Readonly<Record<string, number | string | readonly string[]>>;
  readonly attack: readonly string[];
  readonly respond: readonly string[];
  readonly suppressed: { readonly reason: string; readonly owner: string; readonly until: string } | null;
  readonly versions: {
    readonly product: string;
    readonly config: string;
    readonly ranges: string;
    readonly baseline: string | null;
    /** Of MITRE ATT&CK, which `attack` refers to. */
    readonly attack?: string;
  };
  /** All that led to it came more than an hour after it happened. Said live only: a replay knows no arrival. */
  readonly late?: true;
}

/** An instant as alerts write it: ISO 8601 in UTC, with milliseconds only where there are any. */
export function instantOf(timeMs: number): string {
  return new Date(timeMs).toISOString().replace(".000Z", "Z");
}
