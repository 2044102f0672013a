import { isIpv4 } from "./address.ts";
import type { Address } from "./address.ts";
import { buildTable, lookUp, readCidr } from "./cidr.ts";

/** This host, private use, carrier NAT, loopback, link-local, protocol assignments, benchmarking. */
const NETWORKS = [
  "0.0.0.0/8",
  "10.0.0.0/8",
  "100.64.0.0/10",
  "127.0.0.0/8",
  "169.254.0.0/16",
  "172.16.0.0/12",
  "192.0.0.0/24",
  "192.168.0.0/16",
  "198.18.0.0/15",
];

const special = buildTable(
  NETWORKS.flatMap((text) => {
    const { cidr } = readCidr(text);
    return cidr === undefined ? [] : [{ cidr, region: null, service: null }];
  }),
);

const MULTICAST_AND_ABOVE = 0xe0000000;

/**
 * Whether an address is another machine in every network, and so says nothing about who called. For IPv4 by IANA's
 * registry, but for the documentation networks: those are ordinary addresses in examples and appear nowhere else.
 * For IPv6 everything outside 2000::/3, the one block that global unicast addresses are allocated from.
 * @see https://www.iana.org/assignments/iana-ipv4-special-registry/
 * @see https://www.iana.org/assignments/ipv6-address-space/
 */
export function isSpecial(address: Address): boolean {
  if (!isIpv4(address)) return address[0] >>> 29 !== 1;
  return address[3] >= MULTICAST_AND_ABOVE || lookUp(special, address) !== undefined;
}
