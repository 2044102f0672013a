import { digester } from "../../src/trail/external-id.ts";
import { DAY_MS, HOMES, OFFICE, VENDOR_ACCOUNT, type Customer, type Estate } from "./estate.ts";
import { publishedList } from "../../src/simulate/papers.ts";
import { isoTime } from "../../src/simulate/record.ts";

/** Names of the files that the sample's configuration refers to, next to it. */
export const PAPERS = {
  config: "deputywatch.yaml",
  tenants: "tenants.ndjson",
  ranges: "ranges.json",
  key: "external-id.key",
} as const;

/** `deputywatch.yaml`: what the vendor promises about its outbound roles. `perTarget` is their cadence. */
export function configOf({ workloads }: Estate, perTarget = 1): string {
  const regions = HOMES.map(({ region }) => region).join(", ");
  const outboundRoles = workloads.map(
    ({ name, outbound, caller, sessionGlob, every }) => `  - arn: ${outbound.arn}
    workload: ${name}
    callers: ["${caller.arn}"]
    regions: [${regions}]
    sessionNames: ["${sessionGlob}"]
    cadence: { perTarget: ${perTarget}, every: ${every} }
    maxDuration: 1h`,
  );
  return `version: 1
vendor: { accounts: ["${VENDOR_ACCOUNT}"] }
outboundRoles:
${outboundRoles.join("\n")}
ranges:
  - { name: published, file: ${PAPERS.ranges} }
  - { name: office, cidrs: ["${OFFICE.cidr}"] }
tenants: { file: ${PAPERS.tenants} }
externalIds: { key: "file:${PAPERS.key}" }
alerting: { falseAlarmsPerMonth: 1 }
`;
}

/** `tenants.ndjson`: one customer role a line, its external ID as a digest under `key`. */
export function tenantsOf({ customers }: Estate, key: Uint8Array, startMs: number): string {
  const { externalId: digest } = digester(key);
  const line = ({ tenant, account, role, externalId, previousExternalId, home }: Customer, index: number): string =>
    JSON.stringify({
      tenant,
      account,
      roleArn: role.arn,
      externalId: digest(externalId),
      previousExternalId: previousExternalId === null ? null : digest(previousExternalId),
      previousUntil: previousExternalId === null ? null : isoTime(startMs + 2 * DAY_MS),
      region: home.region,
      status: "active",
      since: isoTime(startMs - (30 + index) * DAY_MS),
      until: null,
    });
  return customers.map((customer, index) => `${line(customer, index)}\n`).join("");
}

/**
 * `ranges.json`: the vendor's published addresses, in the form of AWS's own list.
 * @see https://docs.aws.amazon.com/vpc/latest/userguide/aws-ip-syntax.html
 */
export function rangesOf(startMs: number): string {
  const ranges = HOMES.map(({ cidr, region }) => ({ cidr, region, service: "EC2" }));
  return publishedList(ranges, startMs, startMs);
}
