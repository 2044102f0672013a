import { BlockList } from "node:net";
import fc from "fast-check";
import IPCIDR from "ip-cidr";
import { expect, test } from "vitest";
import { isIpv4, parseAddress } from "../../src/ranges/address.ts";
import { buildTable, lookUp, readCidr, size } from "../../src/ranges/cidr.ts";
import type { Range } from "../../src/ranges/cidr.ts";
import { extent } from "../../src/ranges/extent.ts";

function range(text: string, service: string | null = null, region: string | null = null): Range {
  const { cidr, reason } = readCidr(text);
  if (cidr === undefined) throw new Error(reason);
  return { cidr, region, service };
}

function serviceAt(entries: readonly Range[], address: string): string | null | undefined {
  return lookUp(buildTable(entries), parseAddress(address)!)?.service;
}

test.each([
  ["203.0.113.0/24", "203.0.113.0/24"],
  ["203.0.113.9", "203.0.113.9/32"],
  ["2001:DB8:0:0::/32", "2001:db8::/32"],
  ["2001:db8::9", "2001:db8::9/128"],
  ["198.51.100.65/27", "198.51.100.64/27"],
  ["2001:db8::1/64", "2001:db8::/64"],
  ["::ffff:192.0.2.1/120", "192.0.2.0/24"],
  ["::ffff:192.0.2.1", "192.0.2.1/32"],
])("%s is the network %s", (text, canonical) => {
  expect(readCidr(text).cidr?.text).toBe(canonical);
});

test.each([
  ["10.0.0.0/08", "the prefix length is not a plain decimal number"],
  ["192.0.2.0/", "the prefix length is not a plain decimal number"],
  ["192.0.2.0/24/24", "the prefix length is not a plain decimal number"],
  ["192.0.2.0/255.255.255.0", "the prefix length is not a plain decimal number"],
  ["192.0.2.0/33", "the prefix length is above 32"],
  ["2001:db8::/129", "the prefix length is above 128"],
  ["192.0.02.0/24", "leading zeros: some would read them as octal"],
  ["fe80::1%eth0/64", "an address with a zone id means something on one machine only"],
  ["192.0.2/24", "not an IPv4 or IPv6 address"],
  [" 192.0.2.0/24", "not an IPv4 or IPv6 address"],
  ["0.0.0.0/0", "wider than /8, more than any vendor owns"],
  ["128.0.0.0/7", "wider than /8, more than any vendor owns"],
  ["::ffff:0.0.0.0/96", "wider than /8, more than any vendor owns"],
  ["::/0", "wider than /20, more than any vendor owns"],
  ["2000::/19", "wider than /20, more than any vendor owns"],
  ["::/64", "it holds every IPv4 address (::ffff:0:0/96)"],
])("%s is refused: %s", (text, reason) => {
  expect(readCidr(text)).toEqual({ reason });
});

const v4 = fc
  .tuple(fc.ipV4(), fc.integer({ min: 8, max: 32 }))
  .map(([address, length]) => `${address}/${String(length)}`);
const v6 = fc
  .tuple(fc.array(fc.nat({ max: 0xffff }), { minLength: 7, maxLength: 7 }), fc.integer({ min: 20, max: 128 }))
  .map(([groups, length]) => `2001:${groups.map((group) => group.toString(16)).join(":")}/${String(length)}`);

test("a network begins and ends where ip-cidr says", () => {
  fc.assert(
    fc.property(fc.oneof(v4, v6), (text) => {
      const [first, last] = new IPCIDR(text).toRange<string>();
      const { cidr } = readCidr(text);
      expect([cidr?.first, cidr?.last]).toEqual([parseAddress(first), parseAddress(last)]);
    }),
  );
});

/** Networks and addresses from two small neighbourhoods, so that they nest, touch and repeat. */
const nearV4 = fc.tuple(fc.nat({ max: 1023 }), fc.integer({ min: 22, max: 32 }));
const v4Near = (low: number) => `198.51.${String(100 + (low >> 8))}.${String(low & 255)}`;
const v6Near = (low: number) => `2001:db8::${low.toString(16)}`;
const neighbours = fc.array(
  fc
    .tuple(nearV4, fc.boolean())
    .map(([[low, length], six]) =>
      six ? `${v6Near(low)}/${String(96 + length)}` : `${v4Near(low)}/${String(length)}`,
    ),
  { maxLength: 30 },
);

test("a look-up finds the most specific of all the networks that net.BlockList finds around an address", () => {
  fc.assert(
    fc.property(neighbours, fc.nat({ max: 1200 }), fc.boolean(), (texts, low, six) => {
      const ranges = texts.map((text) => range(text));
      const address = six ? v6Near(low) : v4Near(low);
      const around = ranges.filter(({ cidr }) => {
        const blocks = new BlockList();
        const [host = "", length] = cidr.text.split("/");
        blocks.addSubnet(host, Number(length), isIpv4(cidr.first) ? "ipv4" : "ipv6");
        return blocks.check(address, six ? "ipv6" : "ipv4");
      });
      const narrowest = around.toSorted((a, b) => b.cidr.bits - a.cidr.bits)[0];
      expect(lookUp(buildTable(ranges), parseAddress(address)!)?.cidr.text).toBe(narrowest?.cidr.text);
    }),
    { numRuns: 500 },
  );
});

test("the order of a list's entries changes nothing", () => {
  fc.assert(
    fc.property(fc.shuffledSubarray(["EC2", "S3", "AMAZON", null], { minLength: 4 }), (services) => {
      const entries = services.flatMap((service) => [
        range("198.51.100.0/24", service, "us-east-1"),
        range("198.51.100.0/24", service),
      ]);
      expect(lookUp(buildTable(entries), parseAddress("198.51.100.7")!)).toMatchObject({
        service: "EC2",
        region: "us-east-1",
      });
    }),
  );
});

test("an umbrella listing yields to the service that names itself, whichever is the wider", () => {
  expect(serviceAt([range("198.51.100.0/24", "AMAZON"), range("198.51.100.0/24", "EC2")], "198.51.100.1")).toBe("EC2");
  const nested = [range("198.51.100.0/22", "AMAZON"), range("198.51.100.0/24", "EC2"), range("198.51.100.8/32", "S3")];
  expect(
    ["198.51.100.7", "198.51.100.8", "198.51.100.9", "198.51.101.9", "198.51.104.0"].map((at) => serviceAt(nested, at)),
  ).toEqual(["EC2", "S3", "EC2", "AMAZON", undefined]);
});

test("the ends of both address spaces are places like any other", () => {
  const table = buildTable([range("255.255.255.255"), range("ff00::/20"), range("ffff:ffff::/32"), range("0.0.0.0/8")]);
  const at = (address: string) => lookUp(table, parseAddress(address)!)?.cidr.text;
  expect(at("ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff")).toBe("ffff:ffff::/32");
  expect(at("255.255.255.255")).toBe("255.255.255.255/32");
  expect(at("0.0.0.0")).toBe("0.0.0.0/8");
  expect(at("::")).toBeUndefined();
  expect(at("::1:0:0:0")).toBeUndefined();
});

test("an empty table holds nothing", () => {
  expect(size(buildTable([]))).toBe(0);
  expect(serviceAt([], "198.51.100.1")).toBeUndefined();
});

test("what two networks share is counted once", () => {
  const texts = [
    "198.51.100.0/24",
    "198.51.100.128/25",
    "203.0.113.0/31",
    "2001:db8::/62",
    "2001:db8::/64",
    "198.51.100.0/24",
  ];
  expect(extent(buildTable(texts.map((text) => range(text))))).toEqual({
    ipv4: { networks: 3, addresses: 258 },
    ipv6: { networks: 2, subnets: 4 },
    nested: 2,
  });
});
