import type { Detector, Finding, Severity } from "../detectors/detector.ts";
import { callsBehind } from "../detectors/evidence.ts";
import type { Evidence } from "../memory/cell.ts";
import type { Glimpse } from "../memory/glimpse.ts";
import { placeOf, type Place } from "../ranges/place.ts";
import type { Vendor } from "../outbound/vendor.ts";
import { instantOf, type Alert } from "./alert.ts";
import { ATTACK_VERSION } from "./attack.ts";
import { alertId } from "./identity.ts";
import { suppressedBy, suppressionOf, type Suppression } from "./suppress.ts";

const EVENT_IDS_SHOWN = 100;
/** Keeps the alert of a sweep over ten thousand tenants within what SNS carries: 256 KiB a message. */
const LIST_SHOWN = 50;

/** What an alert depends on besides its evidence: immutable inputs of the run, each named on the alert by version. */
export interface AlertContext {
  readonly vendor: Vendor;
  /** As configured, else the detector's own. */
  readonly severity: Severity;
  readonly suppressions: readonly Suppression[];
  /** The product's version. */
  readonly product: string;
}

/**
 * The public alert of what a detector found. A pure function of evidence and context with a fixed order of keys, so
 * that evidence joined in any order gives the same bytes. Strings stay raw: each format escapes what it shows.
 */
export function buildAlert(
  detector: Detector,
  identity: Pick<Finding, "subject" | "tenant" | "dayMs">,
  evidence: Evidence,
  context: AlertContext,
): Alert {
  const about = {
    tenant: onlyTenant(evidence, context.vendor),
    account: onlyOne(evidence.accounts),
    roleArn: onlyOne(evidence.roles),
    workload: onlyOne(evidence.workloads),
  };
  const { firstMs, lastMs, calls, sample, head } = callsBehind(evidence);
  const { id, version } = detector;
  const suppression = suppressionOf({ detector: id, firstMs, lastMs, ...about }, context.suppressions);
  return {
    schemaVersion: 1,
    id: alertId({ ...identity, detector: id, version }),
    detector: id,
    severity: context.severity,
    title: detector.title,
    summary: detector.summary(evidence),
    ...about,
    principal: head === null ? null : principalOf(head),
    source: head === null ? null : sourceOf(head, context.vendor),
    firstSeen: instantOf(firstMs),
    lastSeen: instantOf(lastMs),
    window: windowOf(evidence.windows),
    calls,
    eventIds: [...new Set(sample.flatMap((trace) => trace.eventIds))].slice(0, EVENT_IDS_SHOWN),
    evidence: evidenceOf(evidence, about),
    attack: detector.attack,
    respond: detector.respond,
    suppressed: suppression === null ? null : suppressedBy(suppression),
    versions: {
      product: context.product,
      config: context.vendor.versions.config,
      ranges: context.vendor.versions.ranges,
      baseline: evidence.baselines.size === 0 ? null : [...evidence.baselines].sort().join("+"),
      attack: ATTACK_VERSION,
    },
  };
}

function onlyOne(values: ReadonlySet<string>): string | null {
  const [first] = values;
  return values.size === 1 && first !== undefined ? first : null;
}

/**
 * The one tenant that an alert is about: none where an account is among the targets that is not that tenant's, or what a
 * stranger's account adds to would be told to the tenant, and hidden by what the tenant announced.
 */
function onlyTenant({ tenants, accounts }: Evidence, { registry }: Vendor): string | null {
  const tenant = onlyOne(tenants);
  if (tenant === null || registry === null) return tenant;
  return [...accounts].every((account) => registry.tenantOf(account) === tenant) ? tenant : null;
}

function principalOf({ kind, arn, sessionName, last4 }: Glimpse): Alert["principal"] {
  return { type: kind, arn, sessionName, credential: last4 === null ? null : `…${last4}` };
}

function sourceOf({ address, vpcEndpointId, userAgent }: Glimpse, vendor: Vendor): Alert["source"] {
  const source = { address: address ?? "", vpcEndpointId };
  const place = placeOf(source, vendor.whereabouts);
  return { ...source, kind: sourceKind(place, vpcEndpointId), place: place.kind, userAgent };
}

function sourceKind({ kind }: Place, vpcEndpointId: string | null): NonNullable<Alert["source"]>["kind"] {
  if (kind === "service" || kind === "aws-internal" || kind === "unparsable") return kind;
  return vpcEndpointId === null ? "ip" : "vpc-endpoint";
}

/** Of the windows that alarmed the shortest, because it says most exactly when; of equally short ones the earliest. */
function windowOf(windows: ReadonlySet<string>): Alert["window"] {
  const [window] = [...windows]
    .map((written) => {
      const [startMs = NaN, endMs = NaN] = written.split("/").map(Number);
      return { startMs, endMs };
    })
    .sort((a, b) => a.endMs - a.startMs - (b.endMs - b.startMs) || a.startMs - b.startMs);
  return window === undefined ? null : { start: instantOf(window.startMs), end: instantOf(window.endMs) };
}

function evidenceOf(evidence: Evidence, about: Pick<Alert, "tenant" | "account" | "roleArn">): Alert["evidence"] {
  const { facts, measures, tenants, accounts, roles } = evidence;
  return Object.fromEntries(
    [
      ...[...facts].map(([name, values]) => [name, [...values].sort()] as const),
      ...measures,
      ...listOf("tenant", tenants, about.tenant),
      ...listOf("account", accounts, about.account),
      ...listOf("role", roles, about.roleArn),
    ].sort(([a], [b]) => (a < b ? -1 : 1)),
  );
}

/** Nothing for the one that the alert names by itself; else a list, with their number where it had to be cut. */
function listOf(
  noun: string,
  values: ReadonlySet<string>,
  only: string | null,
): [string, readonly string[] | number][] {
  if (values.size === 0 || only !== null) return [];
  const list: [string, readonly string[]] = [`${noun}s`, [...values].sort().slice(0, LIST_SHOWN)];
  return values.size <= LIST_SHOWN ? [list] : [list, [`${noun}Count`, values.size]];
}
