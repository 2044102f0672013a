import { digester } from "../trail/external-id.ts";
import type { Customer } from "./customer.ts";
import { dice } from "./dice.ts";
import type { Estate } from "./estate.ts";
import { OFFICE, OTHERS_ON_AWS } from "./network.ts";
import { isoTime, VENDOR_ACCOUNT } from "./record.ts";
import { DAY_MS } from "./time.ts";
import type { Workload } from "./workload.ts";

/** Names of the files in which a vendor's knowledge of itself stands, next to each other. */
export const PAPERS = {
  config: "deputywatch.yaml",
  tenants: "tenants.ndjson",
  ranges: "ranges.json",
  aws: "aws-ranges.json",
  key: "external-id.key",
} as const;

/** `deputywatch.yaml`: what the vendor promises about its outbound roles. What it left out is to be learned. */
export function configOf({ workloads, regions }: Estate): string {
  const names = regions.map(({ name }) => name).join(", ");
  const endpoints = regions.map(({ endpoint }) => `"${endpoint.id}"`).join(", ");
  return `version: 1
vendor: { accounts: ["${VENDOR_ACCOUNT}"] }
outboundRoles:
${workloads.map((workload) => roleOf(workload, names)).join("\n")}
ranges:
  - { name: published, file: ${PAPERS.ranges} }
  - { name: office, cidrs: ["${OFFICE.cidr}"] }
  - { name: private, vpcEndpoints: [${endpoints}] }
  - { name: aws, file: ${PAPERS.aws}, labels: true }
tenants: { file: ${PAPERS.tenants} }
externalIds: { key: "file:${PAPERS.key}" }
alerting: { falseAlarmsPerMonth: 1 }
`;
}

function roleOf({ kind, outbound, caller, naming, contract }: Workload, regions: string): string {
  const { cadence } = contract;
  return [
    `  - arn: ${outbound.arn}`,
    `workload: ${kind}`,
    ...(contract.callers ? [`callers: ["${caller.arn}"]`] : []),
    ...(contract.regions ? [`regions: [${regions}]`] : []),
    ...(contract.sessionNames && naming.glob !== null ? [`sessionNames: ["${naming.glob}"]`] : []),
    ...(cadence === null ? [] : [`cadence: { perTarget: ${cadence.perTarget}, every: ${cadence.every} }`]),
    ...(contract.maxDuration ? ["maxDuration: 1h"] : []),
  ].join("\n    ");
}

/**
 * `tenants.ndjson` as it stands at the end of a day: one customer role a line, external IDs as digests under `key`. Who
 * was registered on that day is still being onboarded.
 */
export function tenantsOf({ customers }: Estate, key: Uint8Array, endMs: number): string {
  const { externalId: digest } = digester(key);
  const line = (customer: Customer): string => {
    const { tenant, account, role, region, externalId, former, sinceMs, activeMs, untilMs } = customer;
    const rotated = former !== null && former.rotatedMs < endMs ? former : null;
    const left = untilMs !== null && untilMs < endMs ? untilMs : null;
    return JSON.stringify({
      tenant,
      account,
      roleArn: role.arn,
      externalId: digest(former !== null && rotated === null ? former.externalId : externalId),
      previousExternalId: rotated === null ? null : digest(rotated.externalId),
      previousUntil: rotated === null ? null : isoTime(rotated.overlapEndMs),
      region: region.name,
      status: left !== null ? "offboarded" : activeMs < endMs ? "active" : "onboarding",
      since: isoTime(sinceMs),
      until: left === null ? null : isoTime(left),
    });
  };
  return customers
    .filter(({ sinceMs }) => sinceMs < endMs)
    .map((customer) => `${line(customer)}\n`)
    .join("");
}

/**
 * `ranges.json`: the vendor's published addresses, in the form of AWS's own list: gateways, and the wide pool that its
 * functions have theirs from.
 * @see https://docs.aws.amazon.com/vpc/latest/userguide/aws-ip-syntax.html
 */
export function rangesOf({ regions, startMs }: Estate): string {
  const all = regions.flatMap(({ name, nat, ipv6, functions }) => [
    ...[nat.cidr, ipv6.cidr].map((cidr) => ({ cidr, region: name, service: "GATEWAYS" })),
    ...functions.cidrs.map((cidr) => ({ cidr, region: name, service: "FUNCTIONS" })),
  ]);
  return publishedList(all, startMs, startMs + DAY_MS);
}

/** `aws-ranges.json`: what AWS rents out, the vendor's gateways among it. */
export function awsRangesOf({ regions, startMs }: Estate): string {
  const gateways = regions.map(({ name, nat }) => ({ cidr: nat.cidr, region: name, service: "EC2" }));
  const others = { cidr: OTHERS_ON_AWS.cidr, region: regions[0]?.name ?? "us-east-1", service: "EC2" };
  return publishedList([...gateways, others], startMs, startMs + DAY_MS);
}

interface Listed {
  readonly cidr: string;
  readonly region: string;
  readonly service: string;
}

/** A list in the form of AWS's own, created at one moment and, by its token, in step with another. */
export function publishedList(ranges: readonly Listed[], createdMs: number, syncMs: number): string {
  const isIpv6 = ({ cidr }: Listed): boolean => cidr.includes(":");
  const rest = ({ region, service }: Listed): object => ({ region, service, network_border_group: region });
  const published = {
    syncToken: String(syncMs / 1000),
    createDate: isoTime(createdMs).slice(0, 19).replaceAll(/[T:]/g, "-"),
    prefixes: ranges.filter((range) => !isIpv6(range)).map((range) => ({ ip_prefix: range.cidr, ...rest(range) })),
    ipv6_prefixes: ranges.filter(isIpv6).map((range) => ({ ipv6_prefix: range.cidr, ...rest(range) })),
  };
  return `${JSON.stringify(published, null, 2)}\n`;
}

/** 32 bytes that anybody can make again from the seed: good for an estate that nobody has, and for nothing else. */
export function estateKey({ seed }: Pick<Estate, "seed">): Uint8Array {
  return dice(seed, "key").bytes(32);
}

/** The key file: base64, as `openssl rand -base64 32` would write it. */
export function keyFileOf(key: Uint8Array): string {
  return `${Buffer.from(key).toString("base64")}\n`;
}
