import { isIP } from "node:net";
import fc from "fast-check";
import { expect, test } from "vitest";
import {
  compareAddresses,
  formatAddress,
  isIpv4,
  network,
  nextAddress,
  parseAddress,
} from "../../src/ranges/address.ts";
import type { Address } from "../../src/ranges/address.ts";

const word = fc.oneof(fc.constantFrom(0, 1, 0xffff, 0x80000000, 0xffffffff), fc.nat({ max: 0xffffffff }));
const addresses: fc.Arbitrary<Address> = fc.oneof(
  fc.tuple(word, word, word, word),
  word.map((low): Address => [0, 0, 0xffff, low]),
);
const asBigint = (address: Address) => address.reduce((sum, part) => (sum << 32n) | BigInt(part), 0n);
/** Text that is nearly an address: made of an address's letters, or an address with one letter changed. */
const nearly = fc.oneof(
  fc.string({ unit: fc.constantFrom(...Array.from("0123456789abcDEF:.:.%/ g")), maxLength: 46 }),
  fc
    .tuple(fc.oneof(fc.ipV4(), fc.ipV6()), fc.nat(), fc.constantFrom("", ":", "::", ".", "0", "f", "-", "1.2.3.4"))
    .map(([text, at, letters]) => text.slice(0, at % text.length) + letters + text.slice((at % text.length) + 1)),
);

test("reads what Node takes for an address, and nothing else, but for zone ids", () => {
  fc.assert(
    fc.property(fc.oneof(nearly, fc.ipV4(), fc.ipV6()), (text) => {
      expect(parseAddress(text) !== undefined).toBe(isIP(text) !== 0 && !text.includes("%"));
    }),
    { numRuns: 3000 },
  );
});

test("every address survives being written and read", () => {
  fc.assert(
    fc.property(addresses, (address) => {
      expect(parseAddress(formatAddress(address))).toEqual(address);
    }),
  );
});

test("IPv6 is written as the URL standard writes it, which is RFC 5952's way", () => {
  fc.assert(
    fc.property(addresses, (address) => {
      fc.pre(!isIpv4(address));
      const text = formatAddress(address);
      expect(new URL(`http://[${text}]/`).hostname).toBe(`[${text}]`);
    }),
  );
});

test.each([
  ["253.252.51.07", "a leading zero, octal to some readers"],
  ["192.0.2", "three parts, of which some make 192.0.0.2"],
  ["3221225985", "the whole as one number"],
  ["0xc0.0.2.1", "hexadecimal"],
  ["192.0.2.1 ", "a space"],
  ["192.0.2.256", "an octet of 256"],
  ["192.0.2.1.", "a dot at the end"],
  ["fe80::1%eth0", "a zone id"],
  ["[2001:db8::1]", "brackets"],
  ["2001:db8::1/64", "a prefix length"],
  ["1::2::3", "two gaps"],
  ["1:2:3:4:5:6:7:8::", "a gap of nothing"],
  [":1:2:3:4:5:6:7", "one colon in front"],
  ["2001:db8::192.0.2.07", "an embedded leading zero"],
  ["-", "CloudTrail's dash"],
  ["", "nothing"],
  ["1".repeat(1_000_000), "a million digits"],
])("%j is no address: %s", (text) => {
  expect(parseAddress(text)).toBeUndefined();
});

test("an IPv4 address and its IPv4-mapped IPv6 address are one", () => {
  expect(parseAddress("::ffff:192.0.2.1")).toEqual(parseAddress("192.0.2.1"));
  expect(parseAddress("::ffff:c000:201")).toEqual(parseAddress("192.0.2.1"));
  expect(formatAddress([0, 0, 0xffff, 0xc0000201])).toBe("192.0.2.1");
});

test("order, successor and network agree with arithmetic on 128 bits", () => {
  fc.assert(
    fc.property(addresses, addresses, fc.nat({ max: 128 }), (a, b, bits) => {
      expect(Math.sign(compareAddresses(a, b))).toBe(
        asBigint(a) < asBigint(b) ? -1 : asBigint(a) > asBigint(b) ? 1 : 0,
      );
      const next = nextAddress(a);
      expect(next === undefined ? 1n << 128n : asBigint(next)).toBe(asBigint(a) + 1n);
      const hosts = 1n << BigInt(128 - bits);
      const { first, last } = network(a, bits);
      expect(asBigint(first)).toBe(asBigint(a) - (asBigint(a) % hosts));
      expect(asBigint(last)).toBe(asBigint(first) + hosts - 1n);
    }),
  );
});
