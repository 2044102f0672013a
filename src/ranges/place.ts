import type { Source } from "../trail/call.ts";
import { formatAddress, isIpv4, network, parseAddress } from "./address.ts";
import { lookUp } from "./cidr.ts";
import type { AddressTable } from "./cidr.ts";
import { isSpecial } from "./special.ts";

/**
 * Where a call came from, as the vendor sees it. Ownership is what counts: both the vendor and its attacker may well
 * run on AWS, so AWS's own list only labels an address (`aws`), it never clears one.
 */
export type Place =
  /** One of the vendor's own addresses or VPC endpoints. `region` where the published list has it. */
  | { readonly kind: "owned"; readonly pool: string; readonly region: string | null }
  /** An address that AWS publishes and the vendor does not own. */
  | { readonly kind: "aws"; readonly region: string; readonly service: string }
  | { readonly kind: "outside" }
  /** A VPC endpoint that the vendor does not list; the private address behind it says nothing. */
  | { readonly kind: "foreign-endpoint"; readonly endpoint: string }
  /** A private or reserved address without an endpoint: unknown, never allowed. */
  | { readonly kind: "private" }
  /** A service's DNS name, such as `config.amazonaws.com`. */
  | { readonly kind: "service"; readonly service: string }
  /** `AWS Internal` and `AWS Internal/#`: AWS acted for the caller, the console's role switch among others. */
  | { readonly kind: "aws-internal" }
  /** Leading zeros, placeholders, empty: an alertable class of its own, never taken for AWS. */
  | { readonly kind: "unparsable" };

/** One published list or hand-written pool: `name` as in the configuration. */
export interface OwnedPool {
  readonly name: string;
  readonly table: AddressTable;
}

/** Everything an address is compared with. `pools` empty: the vendor's addresses are unknown and nobody is accused. */
export interface Whereabouts {
  readonly pools: readonly OwnedPool[];
  /** VPC endpoint id → name of the pool that lists it. */
  readonly endpoints: ReadonlyMap<string, string>;
  /** AWS's ip-ranges.json, when it is configured. */
  readonly aws: AddressTable | null;
}

const AWS_INTERNAL = /^AWS Internal(?:\/[\d#]+)?$/;

/**
 * Services call under their DNS name, in every partition's suffix. A customer's own machine has a name under
 * `compute`, which is no service's.
 * @see https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-record-contents.html
 */
const SERVICE_NAME = /^(?:[a-z\d-]+\.)+(?:amazonaws\.com(?:\.cn)?|amazonaws\.eu|aws\.internal)$/;
const MACHINE_NAME = /\.compute(?:-\d+)?\.amazonaws\./;

/**
 * Judges by what cannot be borrowed first: an endpoint before the address behind it, a private address before any
 * pool (a pool may well list 10.0.0.0/8, and so may everybody else's network), the vendor's pools in the order of the
 * configuration before AWS's list. Total: any text whatever has a place.
 */
export function placeOf({ address, vpcEndpointId }: Source, { pools, endpoints, aws }: Whereabouts): Place {
  if (vpcEndpointId !== null) {
    const pool = endpoints.get(vpcEndpointId);
    return pool === undefined
      ? { kind: "foreign-endpoint", endpoint: vpcEndpointId }
      : { kind: "owned", pool, region: null };
  }
  const parsed = parseAddress(address);
  if (parsed === undefined) return placeOfName(address);
  if (isSpecial(parsed)) return { kind: "private" };
  for (const { name, table } of pools) {
    const range = lookUp(table, parsed);
    if (range !== undefined) return { kind: "owned", pool: name, region: range.region };
  }
  const range = aws === null ? undefined : lookUp(aws, parsed);
  if (range === undefined) return { kind: "outside" };
  return { kind: "aws", region: range.region ?? "GLOBAL", service: range.service ?? "AMAZON" };
}

function placeOfName(name: string): Place {
  if (AWS_INTERNAL.test(name)) return { kind: "aws-internal" };
  const service = name.toLowerCase();
  if (SERVICE_NAME.test(service) && !MACHINE_NAME.test(service)) return { kind: "service", service };
  return { kind: "unparsable" };
}

/**
 * A place as one line of text, to remember and to compare: equal for calls that one workload makes without
 * travelling, stable over versions. An outside address counts by its network, so that a carrier's NAT or an IPv6
 * host's changing privacy address is one place. No attacker's free text is in it.
 */
export function placeLabel(place: Place, source: Source): string {
  switch (place.kind) {
    case "owned":
      return place.region === null ? `owned:${place.pool}` : `owned:${place.pool}/${place.region}`;
    case "aws":
      return `aws:${place.service}/${place.region}`;
    case "outside":
      return `outside:${networkOf(source.address) ?? "unknown"}`;
    case "foreign-endpoint":
      return `foreign-endpoint:${place.endpoint}`;
    case "service":
      return `service:${place.service}`;
    case "private":
    case "aws-internal":
    case "unparsable":
      return place.kind;
  }
}

/** The /24 of an IPv4 address, the /64 of an IPv6 one: what one site usually has. Null for what is no address. */
export function networkOf(address: string): string | null {
  const parsed = parseAddress(address);
  if (parsed === undefined) return null;
  const length = isIpv4(parsed) ? 24 : 64;
  const { first } = network(parsed, isIpv4(parsed) ? 96 + length : length);
  return `${formatAddress(first)}/${length}`;
}
