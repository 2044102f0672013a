/**
 * An IPv4 or IPv6 address as 128 bits: four unsigned 32-bit words, most significant first. An IPv4 address is its
 * IPv4-mapped IPv6 address, so that `192.0.2.1` and `::ffff:192.0.2.1` are one value and one order holds for both.
 * @see https://www.rfc-editor.org/rfc/rfc4291#section-2.5.5.2
 */
export type Address = readonly [number, number, number, number];

/** The third word of every IPv4-mapped address; the two before it are 0. */
const MAPPED = 0xffff;
const LONGEST = "ffff:ffff:ffff:ffff:ffff:ffff:255.255.255.255".length;

const ZERO = 0x30;
const NINE = 0x39;
const DOT = 0x2e;
const COLON = 0x3a;

/** Value of a hexadecimal digit by its ASCII code, -1 for what is none. A table, since digits come in no order to predict. */
const HEX = Int8Array.from({ length: 128 }, (_, code) => {
  const value = Number.parseInt(String.fromCharCode(code), 16);
  return Number.isNaN(value) ? -1 : value;
});

/** IPv4 from its 32 bits. */
export function ipv4(word: number): Address {
  return [0, 0, MAPPED, word];
}

export function isIpv4(address: Address): boolean {
  return address[2] === MAPPED && address[1] === 0 && address[0] === 0;
}

/**
 * Reads exactly what RFC 4291 and the dotted quad allow, and nothing that two readers could take for two addresses:
 * no leading zeros in a quad (some read octal), no shortened quads, no zone ids, no prefix length, no spaces.
 * Undefined for any other text.
 * @see https://www.rfc-editor.org/rfc/rfc4291#section-2.2
 * @see https://www.rfc-editor.org/rfc/rfc6943#section-3.1.1
 */
export function parseAddress(text: string): Address | undefined {
  if (text.length > LONGEST) return undefined;
  if (text.includes(":")) return parseGroups(text);
  const word = parseQuad(text, 0);
  return word === undefined ? undefined : ipv4(word);
}

/** A dotted quad that starts at `at` and ends with the text. */
function parseQuad(text: string, at: number): number | undefined {
  let word = 0;
  let octet = 0;
  let digits = 0;
  let dots = 0;
  for (; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === DOT) {
      if (digits === 0 || ++dots > 3) return undefined;
      word = word * 256 + octet;
      octet = digits = 0;
    } else {
      if (code < ZERO || code > NINE || (digits > 0 && octet === 0)) return undefined;
      octet = octet * 10 + code - ZERO;
      digits++;
      if (octet > 255) return undefined;
    }
  }
  return dots === 3 && digits > 0 ? word * 256 + octet : undefined;
}

function parseGroups(text: string): Address | undefined {
  const groups = [0, 0, 0, 0, 0, 0, 0, 0];
  let count = 0;
  /** How many groups stand before `::`; -1 without one. */
  let gap = -1;
  let at = 0;
  if (text.startsWith("::")) {
    gap = 0;
    at = 2;
  }
  while (at < text.length) {
    const start = at;
    let group = 0;
    for (; at < text.length; at++) {
      const digit = HEX[text.charCodeAt(at)] ?? -1;
      if (digit < 0) break;
      group = group * 16 + digit;
    }
    if (text.charCodeAt(at) === DOT) {
      const word = parseQuad(text, start);
      if (word === undefined || count > 6) return undefined;
      groups[count++] = word >>> 16;
      groups[count++] = word & 0xffff;
      break;
    }
    if (at === start || at - start > 4 || count > 7) return undefined;
    groups[count++] = group;
    if (at === text.length) break;
    if (text.charCodeAt(at++) !== COLON || at === text.length) return undefined;
    if (text.charCodeAt(at) === COLON) {
      if (gap >= 0) return undefined;
      gap = count;
      at++;
    }
  }
  if (gap < 0 ? count !== 8 : count > 7) return undefined;
  if (gap >= 0) groups.copyWithin(8 - count + gap, gap, count).fill(0, gap, 8 - count + gap);
  const word = (at: number) => (groups[at] ?? 0) * 0x10000 + (groups[at + 1] ?? 0);
  return [word(0), word(2), word(4), word(6)];
}

/** Negative, 0 or positive as `a` lies before, at or after `b`. */
export function compareAddresses(a: Address, b: Address): number {
  return a[0] - b[0] || a[1] - b[1] || a[2] - b[2] || a[3] - b[3];
}

/** The address that follows; undefined after the last of all. */
export function nextAddress([a, b, c, d]: Address): Address | undefined {
  if (d < 0xffffffff) return [a, b, c, d + 1];
  if (c < 0xffffffff) return [a, b, c + 1, 0];
  if (b < 0xffffffff) return [a, b + 1, 0, 0];
  return a < 0xffffffff ? [a + 1, 0, 0, 0] : undefined;
}

/** First and last address that share their first `bits` of 128 with `address`. */
export function network(address: Address, bits: number): { readonly first: Address; readonly last: Address } {
  const host = (word: number) => {
    const kept = Math.min(Math.max(bits - 32 * word, 0), 32);
    return kept === 32 ? 0 : 0xffffffff >>> kept;
  };
  const low = (word: 0 | 1 | 2 | 3) => (address[word] & ~host(word)) >>> 0;
  const high = (word: 0 | 1 | 2 | 3) => (address[word] | host(word)) >>> 0;
  return { first: [low(0), low(1), low(2), low(3)], last: [high(0), high(1), high(2), high(3)] };
}

/**
 * The one canonical text of an address: dotted quad for IPv4 (mapped or not), else lower-case hexadecimal with the
 * longest run of two or more zero groups as `::`, the first of equals.
 * @see https://www.rfc-editor.org/rfc/rfc5952#section-4
 */
export function formatAddress(address: Address): string {
  if (isIpv4(address)) return [24, 16, 8, 0].map((shift) => (address[3] >>> shift) & 0xff).join(".");
  const groups = address.flatMap((word) => [word >>> 16, word & 0xffff]);
  let start = 0;
  let length = 1;
  for (let from = 0; from < 8; from++) {
    let to = from;
    while (to < 8 && groups[to] === 0) to++;
    if (to - from > length) [start, length] = [from, to - from];
  }
  const hex = (part: readonly number[]) => part.map((group) => group.toString(16)).join(":");
  return length < 2 ? hex(groups) : `${hex(groups.slice(0, start))}::${hex(groups.slice(start + length))}`;
}
