import { compareAddresses, isIpv4 } from "./address.ts";
import type { Address } from "./address.ts";
import type { AddressTable } from "./cidr.ts";

/** How much a table covers. What two networks share is counted once. */
export interface Extent {
  readonly ipv4: { readonly networks: number; readonly addresses: number };
  /** In /64 networks, a subnet each; a list of single addresses covers fractions of one. */
  readonly ipv6: { readonly networks: number; readonly subnets: number };
  /** Networks that lie within another of the table. */
  readonly nested: number;
}

export function extent(table: AddressTable): Extent {
  const ipv4 = { networks: 0, addresses: 0 };
  const ipv6 = { networks: 0, subnets: 0 };
  let nested = 0;
  let covered: Address | undefined;
  for (const { cidr } of table.ranges) {
    const within = covered !== undefined && compareAddresses(cidr.last, covered) <= 0;
    if (within) nested++;
    else covered = cidr.last;
    if (isIpv4(cidr.first)) {
      ipv4.networks++;
      if (!within) ipv4.addresses += 2 ** (128 - cidr.bits);
    } else {
      ipv6.networks++;
      if (!within) ipv6.subnets += 2 ** (64 - cidr.bits);
    }
  }
  return { ipv4, ipv6, nested };
}
