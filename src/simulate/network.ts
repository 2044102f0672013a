import type { Dice } from "./dice.ts";
import { integer, shuffled, weighted } from "./distributions.ts";

/** Where a call is seen to come from. */
export interface Origin {
  readonly address: string;
  readonly vpcEndpointId?: string | undefined;
}

/**
 * How a workload's calls leave the vendor's network: through a NAT gateway, by IPv6, through a VPC endpoint of STS, or
 * from the addresses that a function happens to have, of which there are very many.
 */
export type Egress = "nat" | "ipv6" | "endpoint" | "functions";

/** A region that the vendor runs in, and what it owns there, from the documentation ranges. */
export interface Region {
  readonly name: string;
  readonly nat: { readonly cidr: string; readonly addresses: readonly string[] };
  /** `networks`: the first four groups of a /64 each. */
  readonly ipv6: { readonly cidr: string; readonly networks: readonly string[] };
  /** `octets` and `group`: what all addresses of the pool begin with. */
  readonly functions: { readonly cidrs: readonly string[]; readonly first: number; readonly group: string };
  readonly endpoint: { readonly id: string; readonly subnets: readonly string[] };
}

export type Partition = "aws" | "aws-us-gov" | "aws-cn";

const REGIONS: Readonly<Record<Partition, readonly string[]>> = {
  aws: [
    "us-east-1",
    "us-east-2",
    "us-west-2",
    "eu-west-1",
    "eu-central-1",
    "eu-north-1",
    "ap-southeast-2",
    "sa-east-1",
  ],
  "aws-us-gov": ["us-gov-west-1", "us-gov-east-1"],
  "aws-cn": ["cn-north-1", "cn-northwest-1"],
};

/** More would not fit into the documentation ranges side by side. */
export const MOST_REGIONS = 4;

/** The vendor's people leave through here: owned as well, which is why an address alone clears nobody. */
export const OFFICE = { cidr: "198.51.100.224/28", address: "198.51.100.230" } as const;

/** What AWS publishes besides, and rents to anybody. */
export const OTHERS_ON_AWS = { cidr: "203.0.113.128/25", first: 129, count: 120 } as const;

/** What nobody publishes; `first` and `count` of the last octet, and a /48. */
export const OUTSIDE = { first: 1, count: 126, network: "2001:db8:bad" } as const;

/** The partition that a vendor runs in, mostly the ordinary one. */
export function partitionOf(chance: Dice): Partition {
  return weighted(chance, [
    ["aws", 88],
    ["aws-us-gov", 6],
    ["aws-cn", 6],
  ]);
}

/** As many regions as asked for, or as the partition has. */
export function regionsOf(partition: Partition, count: number, chance: Dice): readonly Region[] {
  return shuffled(chance, REGIONS[partition])
    .slice(0, Math.min(count, MOST_REGIONS))
    .map((name, at) => regionOf(name, at, chance));
}

function regionOf(name: string, at: number, chance: Dice): Region {
  const hosts = shuffled(
    chance,
    Array.from({ length: 29 }, (_, host) => 32 * at + 1 + host),
  ).slice(0, integer(chance, 2, 4));
  const subnets = integer(chance, 2, 3);
  const third = integer(chance, 0, 255);
  return {
    name,
    nat: { cidr: `198.51.100.${32 * at}/27`, addresses: hosts.map((host) => `198.51.100.${host}`) },
    ipv6: {
      cidr: `2001:db8:10${at}::/48`,
      networks: Array.from({ length: subnets }, () => `2001:db8:10${at}:${chance.hex(3)}`),
    },
    functions: {
      cidrs: [`192.0.2.${64 * at}/26`, `2001:db8:a${at}00::/40`],
      first: 64 * at,
      group: `2001:db8:a${at}`,
    },
    endpoint: {
      id: `vpce-0${chance.hex(16)}`,
      subnets: Array.from({ length: subnets }, (_, subnet) => `10.${third}.${16 * subnet + at}`),
    },
  };
}

/** A worker's address. `turn` is 0 as long as no gateway has failed over, and 1 while its neighbour does the work. */
export function originOf(region: Region, egress: Exclude<Egress, "functions">, worker: number, turn: 0 | 1): Origin {
  const { nat, ipv6, endpoint } = region;
  switch (egress) {
    case "nat":
      return { address: nat.addresses[(worker + turn) % nat.addresses.length] ?? "" };
    case "ipv6":
      return { address: `${ipv6.networks[turn % ipv6.networks.length] ?? ""}::${(worker + 16).toString(16)}` };
    case "endpoint":
      return {
        address: `${endpoint.subnets[turn % endpoint.subnets.length] ?? ""}.${10 + (worker % 200)}`,
        vpcEndpointId: endpoint.id,
      };
  }
}

/** Whatever address of its wide pool a function has for the life of its session. */
export function functionOrigin({ functions }: Region, chance: Dice): Origin {
  return chance.below(3) === 0
    ? { address: `192.0.2.${functions.first + chance.below(64)}` }
    : { address: `${functions.group}${chance.hex(2)}:${groups(chance, 5)}` };
}

/** An address of nobody's that the vendor knows. */
export function outsideAddress(chance: Dice, version: 4 | 6): string {
  if (version === 4) return `203.0.113.${OUTSIDE.first + chance.below(OUTSIDE.count)}`;
  return `${OUTSIDE.network}:${groups(chance, 5)}`;
}

/** An instance that somebody else rents on AWS. */
export function rentedAddress(chance: Dice): string {
  return `203.0.113.${OTHERS_ON_AWS.first + chance.below(OTHERS_ON_AWS.count)}`;
}

/** Groups of an IPv6 address, without leading zeros. */
function groups(chance: Dice, count: number): string {
  return Array.from({ length: count }, () => (1 + chance.below(0xffff)).toString(16)).join(":");
}
