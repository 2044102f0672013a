import type { Whereabouts } from "../ranges/place.ts";
import type { Registry } from "../tenants/registry.ts";
import type { SessionNameContract } from "./session-name.ts";

/** How often a workload enters each customer role: at most `perTarget` times in any `everyMs`. */
export interface Cadence {
  readonly perTarget: number;
  readonly everyMs: number;
}

/** A role that the vendor enters its customers' accounts with, and what it promised about its use. Null: not judged. */
export interface OutboundRole {
  readonly arn: string;
  readonly workload: string;
  /** ARN globs of who may assume it (hop 1). */
  readonly callers: readonly string[] | null;
  readonly regions: readonly string[] | null;
  readonly sessionNames: SessionNameContract | null;
  readonly cadence: Cadence | null;
  /** What is usual is learned from this moment's UTC day on; null: from as far back as is remembered. */
  readonly learnSinceMs: number | null;
  readonly sessionPolicy: "required" | "optional";
  readonly maxDurationSeconds: number | null;
}

/** What the vendor knows about itself: the immutable, versioned input of every judgement. */
export interface Vendor {
  /** Empty: unknown, and any account may be the vendor's. */
  readonly accounts: ReadonlySet<string>;
  /** By ARN without its path, because a session's ARN drops it. Empty: no role is configured. */
  readonly outboundRoles: ReadonlyMap<string, OutboundRole>;
  readonly whereabouts: Whereabouts;
  /** Null: no registry is configured and no target is judged by it. */
  readonly registry: Registry | null;
  /** Whether external IDs were digested with the registry's own key, so that digests may be compared. */
  readonly digestsComparable: boolean;
  /** Globs of further trail resources (buckets, keys, rules, queues, topics) whose change is tampering. */
  readonly trailResources: readonly string[];
  /** How many false alarms a month the vendor bears from what is judged by its past. */
  readonly falseAlarmsPerMonth: number;
  /** Content hashes, named on every alert. */
  readonly versions: { readonly config: string; readonly ranges: string };
}
