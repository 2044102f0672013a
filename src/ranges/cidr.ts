import IPCIDR from "ip-cidr";
import { compareAddresses, formatAddress, isIpv4, network, nextAddress, parseAddress } from "./address.ts";
import type { Address } from "./address.ts";

/** A network. Made by `readCidr` only, so whoever holds one need not check it again. */
export interface Cidr {
  /** Canonical: `203.0.113.0/24`, `2001:db8::/32`; the same network always has the same text. */
  readonly text: string;
  readonly first: Address;
  readonly last: Address;
  /** Leading bits that its addresses share, of 128; an IPv4 /24 shares 120. */
  readonly bits: number;
}

/** A network, or why the text is none. */
export type CidrReading =
  { readonly cidr: Cidr; readonly reason?: undefined } | { readonly reason: string; readonly cidr?: undefined };

/** A network and what its publisher says about it; null where the publisher says nothing. */
export interface Range {
  readonly cidr: Cidr;
  readonly region: string | null;
  readonly service: string | null;
}

/**
 * Networks arranged for look-ups. The address space is cut wherever a network begins or ends, each piece belongs to
 * the most specific network around it, and a binary search finds the piece.
 */
export interface AddressTable {
  /** Every network once, by first address, the wider before what lies within it. */
  readonly ranges: readonly Range[];
  /** Where each piece begins: four words each, ascending. */
  readonly starts: Uint32Array;
  /** Index into `ranges` of each piece's owner, -1 for none. */
  readonly owners: Int32Array;
}

/** A list that claims more than these is a slip or an attack: no vendor owns a quarter of the internet. */
const WIDEST = { ipv4: 8, ipv6: 20 } as const;
const MAPPED = network([0, 0, 0xffff, 0], 96);

/**
 * Reads `address/bits`, or a bare address as a network of one. Host bits may be set (`13.34.37.65/27` stands in lists
 * that vendors really publish) and are cleared: the publisher meant the network. Refused are leading zeros, zone ids,
 * and networks wider than /8 (IPv4) or /20 (IPv6), or with all of IPv4 in them. An IPv4-mapped network is its IPv4 one.
 */
export function readCidr(text: string): CidrReading {
  const slash = text.indexOf("/");
  const host = slash < 0 ? text : text.slice(0, slash);
  const address = parseAddress(host);
  if (address === undefined) return { reason: unreadable(host) };
  const written = host.includes(":") ? 128 : 32;
  const length = slash < 0 ? String(written) : text.slice(slash + 1);
  if (!/^(?:0|[1-9]\d*)$/.test(length)) return { reason: "the prefix length is not a plain decimal number" };
  if (Number(length) > written) return { reason: `the prefix length is above ${written}` };
  const bits = Number(length) + 128 - written;
  const span = network(address, bits);
  const mapped = isIpv4(address);
  const reason = tooWide(span, bits, mapped);
  if (reason !== undefined) return { reason };
  const canonical = `${formatAddress(span.first)}/${mapped ? bits - 96 : bits}`;
  if (!IPCIDR.isValidCIDR(canonical)) return { reason: "not a network" };
  return { cidr: { text: canonical, ...span, bits } };
}

function unreadable(host: string): string {
  if (host.includes("%")) return "an address with a zone id means something on one machine only";
  if (/^\d+(?:\.\d+){3}$/.test(host) && /(?:^|\.)0\d/.test(host)) return "leading zeros: some would read them as octal";
  return "not an IPv4 or IPv6 address";
}

function tooWide(span: { first: Address; last: Address }, bits: number, mapped: boolean): string | undefined {
  if (mapped) return bits - 96 < WIDEST.ipv4 ? `wider than /${WIDEST.ipv4}, more than any vendor owns` : undefined;
  if (bits < WIDEST.ipv6) return `wider than /${WIDEST.ipv6}, more than any vendor owns`;
  const holdsIpv4 = compareAddresses(span.first, MAPPED.first) <= 0 && compareAddresses(span.last, MAPPED.last) >= 0;
  return holdsIpv4 ? "it holds every IPv4 address (::ffff:0:0/96)" : undefined;
}

/**
 * Publishers list one network several times, AWS even under an umbrella service. Of equals the table keeps the one
 * that says most: a service other than `AMAZON`, then any service, then a region, then the first in the alphabet.
 * @see https://docs.aws.amazon.com/vpc/latest/userguide/aws-ip-syntax.html
 */
export function buildTable(entries: Iterable<Range>): AddressTable {
  const sorted = [...entries].sort(
    (a, b) => compareAddresses(a.cidr.first, b.cidr.first) || a.cidr.bits - b.cidr.bits || comparePreference(a, b),
  );
  const ranges = sorted.filter(({ cidr }, index) => cidr.text !== sorted[index - 1]?.cidr.text);
  const pieces: { start: Address; owner: number }[] = [];
  const cut = (start: Address | undefined, owner: number) => {
    if (start === undefined) return;
    const before = pieces.at(-1);
    if (before !== undefined && compareAddresses(before.start, start) === 0) before.owner = owner;
    else pieces.push({ start, owner });
  };
  const open: { last: Address; index: number }[] = [];
  const closeBefore = (next: Address | undefined) => {
    for (let inner = open.at(-1); inner !== undefined; inner = open.at(-1)) {
      if (next !== undefined && compareAddresses(inner.last, next) >= 0) return;
      open.pop();
      cut(nextAddress(inner.last), open.at(-1)?.index ?? -1);
    }
  };
  ranges.forEach(({ cidr }, index) => {
    closeBefore(cidr.first);
    cut(cidr.first, index);
    open.push({ last: cidr.last, index });
  });
  closeBefore(undefined);
  return {
    ranges,
    starts: Uint32Array.from(pieces.flatMap(({ start }) => start)),
    owners: Int32Array.from(pieces.map(({ owner }) => owner)),
  };
}

function comparePreference(a: Range, b: Range): number {
  const rank = ({ service }: Range) => (service === null ? 2 : service === "AMAZON" ? 1 : 0);
  return (
    rank(a) - rank(b) ||
    Number(a.region === null) - Number(b.region === null) ||
    compareText(a.service ?? "", b.service ?? "") ||
    compareText(a.region ?? "", b.region ?? "")
  );
}

/** By UTF-16 code units, the same wherever it runs. */
function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** The most specific network that holds the address, undefined where none does. */
export function lookUp({ ranges, starts, owners }: AddressTable, address: Address): Range | undefined {
  let low = 0;
  let high = owners.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    const at = 4 * middle;
    const word =
      starts[at] !== address[0] ? 0 : starts[at + 1] !== address[1] ? 1 : starts[at + 2] !== address[2] ? 2 : 3;
    if (address[word] < (starts[at + word] ?? 0)) high = middle;
    else low = middle + 1;
  }
  return low === 0 ? undefined : ranges[owners[low - 1] ?? -1];
}

/** How many distinct networks the table holds. */
export function size(table: AddressTable): number {
  return table.ranges.length;
}
