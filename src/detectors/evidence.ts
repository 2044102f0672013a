import type { TrailEvent } from "../trail/call.ts";
import type { Incident } from "../tenants/incident.ts";
import { tenantOf } from "../tenants/tenant.ts";
import type { Evidence, Facet } from "../memory/cell.ts";
import { glimpseOf, traceOf, type Glimpse, type Trace } from "../memory/glimpse.ts";
import { addPair, eachPair, hash32, noPairs } from "../memory/pairs.ts";
import { momentOf } from "../memory/window.ts";
import type { Sighting } from "../outbound/sighting.ts";

/** Named lists of what was seen; null and undefined entries are left out. */
export type Facts = Readonly<Record<string, readonly (string | null | undefined)[]>>;

/** The evidence that one call gives: who, whence, against whom, and the detector's own facts. */
export function evidenceOf(sighting: Sighting, facts: Facts = {}): Evidence {
  const { call, role, tenancy, hop } = sighting;
  const evidence = evidenceOfEvent(call, facts);
  if (role !== null) evidence.workloads.add(role.workload);
  if (hop === "entry") return evidence;
  const tenant = tenantOf(tenancy);
  if (tenant !== null) evidence.tenants.add(tenant);
  if (call.target.account !== null) evidence.accounts.add(call.target.account);
  if (call.target.roleArn !== null) evidence.roles.add(call.target.roleArn);
  return evidence;
}

/** The evidence of a change to the trail. */
export function evidenceOfEvent(event: TrailEvent, facts: Facts = {}): Evidence {
  const evidence = emptyEvidence(event.timeMs, event.timeMs);
  addPair(evidence.calls, 1, hash32(event.key));
  return withFacts({ ...evidence, sample: [traceOf(event)], head: [glimpseOf(event)] }, facts);
}

/** The evidence of what the vendor's desk met with: no call is behind it. */
export function evidenceOfIncident({ timeMs, tenant, account, roleArn, facts }: Incident): Evidence {
  const evidence = emptyEvidence(timeMs, timeMs);
  if (tenant !== null) evidence.tenants.add(tenant);
  if (account !== null) evidence.accounts.add(account);
  if (roleArn !== null) evidence.roles.add(roleArn);
  return withFacts(evidence, facts);
}

/** The evidence of what a subject's facets remember: its calls are the facets' samples. */
export function evidenceOfFacets(facets: ReadonlyMap<string, Facet>, facts: Facts): Evidence {
  return withFacts({ ...emptyEvidence(null, null), samples: copyOf(facets) }, facts);
}

/** A copy that memory can go on growing without. */
function copyOf(facets: ReadonlyMap<string, Facet>): Map<string, Facet> {
  return new Map(Array.from(facets, ([label, facet]) => [label, { ...facet }]));
}

/** Evidence of nothing yet, between two moments. */
export function emptyEvidence(firstMs: number | null, lastMs: number | null): Evidence {
  return {
    firstMs,
    lastMs,
    calls: noPairs(),
    sample: [],
    head: [],
    samples: new Map(),
    sampledIn: new Set(),
    tenants: new Set(),
    accounts: new Set(),
    roles: new Set(),
    workloads: new Set(),
    facts: new Map(),
    measures: new Map(),
    windows: new Set(),
    baselines: new Set(),
  };
}

/** Adds named lists to evidence that is being made, and gives it back. */
export function withFacts(evidence: Evidence, facts: Facts): Evidence {
  for (const [name, values] of Object.entries(facts)) {
    const kept = values.filter((value) => value !== null && value !== undefined);
    if (kept.length > 0) evidence.facts.set(name, new Set(kept));
  }
  return evidence;
}

/** What an alert shows of the calls behind it. */
export interface Behind {
  readonly firstMs: number;
  readonly lastMs: number;
  readonly calls: number;
  /** Earliest first; all of them are the alert's own calls. */
  readonly sample: readonly Trace[];
  readonly head: Glimpse | null;
}

/**
 * Reads the calls back out of evidence. A window's samples hold its neighbours' calls too; its own are told by their
 * moments, and where so many calls fell together that none of its own was sampled, its neighbours stand in. The same
 * evidence gives the same answer, whatever order it was gathered in.
 */
export function callsBehind(evidence: Evidence): Behind {
  const own = sampled(evidence, ownMoments(evidence));
  const { sample, heads } = own.sample.length > 0 ? own : sampled(evidence, () => true);
  return {
    firstMs: evidence.firstMs ?? sample[0]?.timeMs ?? 0,
    lastMs: evidence.lastMs ?? sample.at(-1)?.timeMs ?? 0,
    calls: evidence.calls.size || sample.length,
    sample,
    head: heads[0] ?? null,
  };
}

function sampled({ sample, head, samples }: Evidence, wanted: (trace: Trace) => boolean) {
  const picked = [...sample];
  const heads = [...head];
  for (const facet of samples.values()) {
    const some = facet.sample.filter(wanted);
    picked.push(...some);
    if (some.length > 0) heads.push(...facet.head);
  }
  return { sample: picked.sort(byTime), heads: heads.sort(byTime) };
}

/** The calls are many and the samples few: looked for among the calls are the moments that were sampled. */
function ownMoments({ windows, calls, sample, samples }: Evidence): (trace: Trace) => boolean {
  if (windows.size === 0) return () => true;
  const lengths = [...windows]
    .map((window) => window.split("/").map(Number))
    .map(([start = 0, end = 0]) => end - start);
  const momentsOf = ({ timeMs, id }: Trace): number[] => lengths.map((lengthMs) => momentOf(timeMs, id, lengthMs));
  const traces = [sample, ...Array.from(samples.values(), (facet) => facet.sample)].flat();
  const sampledMoments = new Set(traces.flatMap(momentsOf));
  const own = new Set<number>();
  eachPair(calls, (_, moment) => {
    if (sampledMoments.has(moment)) own.add(moment);
  });
  return (trace) => momentsOf(trace).some((moment) => own.has(moment));
}

function byTime(a: Trace | Glimpse, b: Trace | Glimpse): number {
  return a.timeMs - b.timeMs || (a.id < b.id ? -1 : a.id > b.id ? 1 : 0);
}
