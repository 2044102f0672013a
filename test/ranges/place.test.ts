import fc from "fast-check";
import { expect, test } from "vitest";
import { buildTable, readCidr } from "../../src/ranges/cidr.ts";
import type { AddressTable } from "../../src/ranges/cidr.ts";
import { networkOf, placeLabel, placeOf } from "../../src/ranges/place.ts";
import type { Whereabouts } from "../../src/ranges/place.ts";

const table = (region: string | null, service: string | null, ...texts: string[]): AddressTable =>
  buildTable(
    texts.flatMap((text) => {
      const { cidr } = readCidr(text);
      return cidr === undefined ? [] : [{ cidr, region, service }];
    }),
  );

const whereabouts: Whereabouts = {
  pools: [
    { name: "published", table: table("us-east-1", null, "198.51.100.0/24", "2001:db8:5::/48", "10.0.0.0/8") },
    { name: "nat", table: table(null, null, "198.51.100.0/23") },
  ],
  endpoints: new Map([["vpce-0a1b2c3d", "private"]]),
  aws: table("eu-west-1", "EC2", "198.51.100.0/22", "2001:db8:6::/48"),
};

function label(address: string, vpcEndpointId: string | null = null): string {
  const source = { address, vpcEndpointId };
  return placeLabel(placeOf(source, whereabouts), source);
}

test.each([
  ["198.51.100.7", "owned:published/us-east-1", "the first pool of the configuration wins"],
  ["198.51.101.7", "owned:nat", "a pool without regions"],
  ["2001:db8:5::7", "owned:published/us-east-1", "IPv6"],
  ["::ffff:198.51.100.7", "owned:published/us-east-1", "IPv4 in IPv6's clothes"],
  ["198.51.102.7", "aws:EC2/eu-west-1", "AWS's, but not the vendor's"],
  ["2001:db8:6::7", "aws:EC2/eu-west-1", "AWS's IPv6"],
  ["203.0.113.77", "outside:203.0.113.0/24", "a stranger counts by the /24"],
  ["2001:db8:1:2:3:4:5:6", "outside:2001:db8:1:2::/64", "and by the /64"],
  ["10.1.2.3", "private", "a private address is never allowed, though a pool lists it"],
  ["100.64.0.1", "private", "carrier NAT"],
  ["127.0.0.1", "private", "loopback"],
  ["169.254.169.254", "private", "link-local"],
  ["0.0.0.0", "private", "no address"],
  ["224.0.0.1", "private", "multicast"],
  ["255.255.255.255", "private", "broadcast"],
  ["::1", "private", "IPv6 loopback"],
  ["fd00::1", "private", "unique local"],
  ["fe80::1", "private", "IPv6 link-local"],
  ["::ffff:10.1.2.3", "private", "a mapped private address"],
  ["config.amazonaws.com", "service:config.amazonaws.com", "a service"],
  ["delivery.logs.amazonaws.com", "service:delivery.logs.amazonaws.com", "a service with two labels"],
  ["Config.AmazonAWS.com", "service:config.amazonaws.com", "names have no case"],
  ["ec2.amazonaws.com.cn", "service:ec2.amazonaws.com.cn", "a service in China"],
  ["ec2-198-51-100-7.compute-1.amazonaws.com", "unparsable", "a customer's machine is no service"],
  ["amazonaws.com", "unparsable", "no service's name"],
  ["config.amazonaws.com.example.net", "unparsable", "a name that only looks like one"],
  ["AWS Internal", "aws-internal", "the console, among others"],
  ["AWS Internal/3", "aws-internal", "with a number"],
  ["AWS Internal or so", "unparsable", "free text"],
  ["253.252.51.07", "unparsable", "leading zeros"],
  ["HIDDEN_DUE_TO_SECURITY_REASONS", "unparsable", "a placeholder"],
  ["-", "unparsable", "a dash"],
  ["", "unparsable", "nothing"],
])("%j is %s: %s", (address, expected) => {
  expect(label(address)).toBe(expected);
});

test("an endpoint decides, whatever address stands behind it", () => {
  expect(label("10.0.0.1", "vpce-0a1b2c3d")).toBe("owned:private");
  expect(label("203.0.113.9", "vpce-0a1b2c3d")).toBe("owned:private");
  expect(label("10.0.0.1", "vpce-0123abcd")).toBe("foreign-endpoint:vpce-0123abcd");
  expect(label("198.51.100.7", "vpce-0123abcd")).toBe("foreign-endpoint:vpce-0123abcd");
});

test("without AWS's list an address of AWS is one of the outside", () => {
  const source = { address: "198.51.102.7", vpcEndpointId: null };
  expect(placeOf(source, { ...whereabouts, aws: null })).toEqual({ kind: "outside" });
});

test("any text has a place, and no label repeats an attacker's free text", () => {
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.ipV4(), fc.ipV6()), (text) => {
      expect(label(text)).toMatch(/^(?:(?:owned|aws|outside|service):[\w./:-]+|private|aws-internal|unparsable)$/);
    }),
  );
});

test("a network is named for addresses only", () => {
  expect(networkOf("203.0.113.200")).toBe("203.0.113.0/24");
  expect(networkOf("::ffff:203.0.113.200")).toBe("203.0.113.0/24");
  expect(networkOf("2001:db8:0:0:1::")).toBe("2001:db8::/64");
  expect(networkOf("config.amazonaws.com")).toBeNull();
});
