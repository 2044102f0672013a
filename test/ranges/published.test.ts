import fc from "fast-check";
import { expect, test } from "vitest";
import { readPublished } from "../../src/ranges/published.ts";

function read(list: unknown, ...select: readonly string[]) {
  return readPublished(typeof list === "string" ? list : JSON.stringify(list), { name: "list", select });
}

/** `network region service` a line, `-` for null. */
function entries(list: unknown, ...select: readonly string[]): readonly string[] {
  const { entries: all } = read(list, ...select);
  return all.map(({ cidr, region, service }) => [cidr.text, region ?? "-", service ?? "-"].join(" "));
}

function reasons(list: unknown, ...select: readonly string[]): readonly string[] {
  return read(list, ...select).rejects.map(({ where, reason }) => `${where}: ${reason}`);
}

const aws = {
  syncToken: "1767225600",
  createDate: "2026-01-01-00-00-00",
  prefixes: [
    { ip_prefix: "198.51.100.0/24", region: "us-east-1", service: "AMAZON", network_border_group: "us-east-1" },
    { ip_prefix: "198.51.100.0/24", region: "us-east-1", service: "EC2", network_border_group: "us-east-1" },
    { ip_prefix: "203.0.113.0/24", region: "eu-west-1", service: "EC2", network_border_group: "eu-west-1" },
  ],
  ipv6_prefixes: [{ ipv6_prefix: "2001:db8::/32", region: "eu-west-1", service: "EC2" }],
};

test("AWS: ranges with region and service, published when the sync token says", () => {
  expect(entries(aws)).toEqual([
    "198.51.100.0/24 us-east-1 AMAZON",
    "198.51.100.0/24 us-east-1 EC2",
    "203.0.113.0/24 eu-west-1 EC2",
    "2001:db8::/32 eu-west-1 EC2",
  ]);
  const { rejects, format, found, version, publishedAtMs } = read(aws);
  expect({ rejects, format, version, publishedAtMs }).toEqual({
    rejects: [],
    format: "json",
    version: "1767225600",
    publishedAtMs: Date.UTC(2026, 0, 1),
  });
  expect([...found]).toEqual([
    ["prefixes[].ip_prefix", 3],
    ["ipv6_prefixes[].ipv6_prefix", 1],
  ]);
});

test("labels stand beside a range, above it, or are the key itself", () => {
  expect(
    entries({ regions: [{ region: "us-phoenix-1", cidrs: [{ cidr: "192.0.2.0/24", tags: ["OCI", "OSN"] }] }] }),
  ).toEqual(["192.0.2.0/24 us-phoenix-1 OCI,OSN"]);
  expect(
    entries({
      values: [{ name: "A", properties: { region: "", systemService: "B", addressPrefixes: ["192.0.2.0/24"] } }],
    }),
  ).toEqual(["192.0.2.0/24 - B"]);
  expect(entries({ prefixes: [{ ipv4Prefix: "192.0.2.0/24", service: "Cloud", scope: "asia-east1" }] })).toEqual([
    "192.0.2.0/24 asia-east1 Cloud",
  ]);
  expect(entries({ us_cell_1: { ip_ranges: ["192.0.2.0/24"] }, hooks: ["203.0.113.9"] })).toEqual([
    "192.0.2.0/24 - us_cell_1",
    "203.0.113.9/32 - hooks",
  ]);
  expect(entries({ synthetics: { prefixes_ipv4_by_location: { "aws:us-east-1": ["192.0.2.0/24"] } } })).toEqual([
    "192.0.2.0/24 aws:us-east-1 synthetics",
  ]);
  expect(
    entries({
      "hub.example": { "continent : EMEA": { "city : Oslo": [{ range: "192.0.2.0/24", gre: "203.0.113.1" }] } },
    }),
  ).toEqual(["192.0.2.0/24 Oslo hub.example"]);
});

test("neighbours of a range that are none are left alone", () => {
  const allocation = {
    data: {
      ipv4_prefixes: [
        {
          prefix: "192.0.2.0/25",
          ip: "192.0.2.0",
          cidr: 25,
          parent: { prefix: "192.0.2.0/24", ip: "192.0.2.0", cidr: 24 },
        },
      ],
    },
  };
  expect(entries(allocation)).toEqual(["192.0.2.0/25 - -"]);
  const meta = {
    ssh_keys: ["ssh-ed25519 AAAA"],
    domains: { web: ["*.example.com"] },
    next_hops: ["203.0.113.1"],
    api: ["192.0.2.0/24"],
  };
  expect(entries(meta)).toEqual(["192.0.2.0/24 - api"]);
  const items = { items: [{ network: "192.0.2.0", mask_len: 24, cidr: "192.0.2.0/24", mask: "255.255.255.0" }] };
  expect(entries(items)).toEqual(["192.0.2.0/24 - -"]);
  expect([read(allocation), read(meta), read(items)].flatMap(({ rejects }) => rejects)).toEqual([]);
});

test("what is no range among ranges is counted, with its place and reason", () => {
  expect(
    reasons({ prefixes: [{ ip_prefix: "0.0.0.0/0" }, { ip_prefix: null }, { ip_prefix: "10.0.0.0/08" }] }),
  ).toEqual([
    "prefixes[0].ip_prefix: wider than /8, more than any vendor owns",
    "prefixes[1].ip_prefix: not text",
    "prefixes[2].ip_prefix: the prefix length is not a plain decimal number",
  ]);
  expect(reasons(["192.0.2.0/24", "example.com", 7])).toEqual(["[1]: not an IPv4 or IPv6 address", "[2]: not text"]);
  expect(reasons({ ips: ["nonsense"] })).toEqual(["ips[0]: not an IPv4 or IPv6 address"]);
});

test.each([
  ["", "the list is empty"],
  ["\uFEFF \n", "the list is empty"],
  ["<!DOCTYPE html><title>Sign in</title>", "a web page or XML, not a list of ranges"],
  ["[]", "there is no address range in it"],
  ['{"message":"rate limited"}', "there is no address range in it"],
  ["# only a comment", "there is no address range in it"],
])("a list of %j is refused as a whole: %s", (text, reason) => {
  expect(reasons(text)).toEqual([`list: ${reason}`]);
});

test("torn JSON is refused with the parser's own words", () => {
  expect(reasons('{"prefixes": [')).toEqual([expect.stringMatching(/^list: not JSON: .*JSON/)]);
});

test("a document nested beyond reason is refused, not followed", () => {
  const deep = `${"[".repeat(100_000)}"192.0.2.0/24"${"]".repeat(100_000)}`;
  expect(read(deep).entries).toEqual([]);
  expect(reasons(deep)).toEqual([expect.stringContaining("nested deeper than 64")]);
});

test("whatever the text, reading it answers", () => {
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string(),
        fc.json(),
        fc.json().map((text) => text.slice(1)),
      ),
      (text) => {
        const { entries: all, rejects } = read(text);
        expect(all.length + rejects.length).toBeGreaterThan(0);
      },
    ),
  );
});

test("plain lines: comments, blanks, tabs and Windows line ends", () => {
  const text = "# edges\r\n192.0.2.0/24\t\r\n\r\n203.0.113.9 # one\r\n2001:db8::/32\r\n198.51.100.300\r\n";
  expect(entries(text)).toEqual(["192.0.2.0/24 - -", "203.0.113.9/32 - -", "2001:db8::/32 - -"]);
  expect(reasons(text)).toEqual(["line 6: not an IPv4 or IPv6 address"]);
  expect(read(text).format).toBe("text");
});

test("a geofeed: the region, else the country, and the moment in its comment", () => {
  const text = "# Last modified: 2026-01-02 03:04:05.123456\n192.0.2.0/24,US,US-TX,Dallas,75201\n2001:db8::/32,NO,,,\n";
  expect(entries(text)).toEqual(["192.0.2.0/24 US-TX -", "2001:db8::/32 NO -"]);
  expect(read(text)).toMatchObject({ format: "geofeed", publishedAtMs: Date.UTC(2026, 0, 2, 3, 4, 5, 123) });
});

test.each([
  [{ syncToken: "1767225600000" }, Date.UTC(2026, 0, 1)],
  [{ syncToken: 1767225600, creationDate: "2020-01-01" }, Date.UTC(2026, 0, 1)],
  [{ createDate: "2026-01-01-12-30-00" }, Date.UTC(2026, 0, 1, 12, 30)],
  [{ creationTime: "2026-01-01T12:30:00.123456" }, Date.UTC(2026, 0, 1, 12, 30, 0, 123)],
  [{ creationDate: "2026-01-01T12:30:00+02:00" }, Date.UTC(2026, 0, 1, 10, 30)],
  [{ modified: "2026-01-01" }, Date.UTC(2026, 0, 1)],
  [{ last_updated_timestamp: "12:30" }, null],
  [{ modified: "2026-13-45-00-00-00" }, null],
  [{ syncToken: "latest" }, null],
  [{}, null],
])("%j was published at %j", (head, publishedAtMs) => {
  expect(read({ ...head, ips: ["192.0.2.1"] }).publishedAtMs).toBe(publishedAtMs);
});

test("a selector takes the ranges that it names", () => {
  expect(entries(aws, "prefixes[service=EC2].ip_prefix")).toEqual([
    "198.51.100.0/24 us-east-1 EC2",
    "203.0.113.0/24 eu-west-1 EC2",
  ]);
  expect(entries(aws, "prefixes[service=EC2][region=eu-west-1]", "ipv6_prefixes[]")).toEqual([
    "203.0.113.0/24 eu-west-1 EC2",
    "2001:db8::/32 eu-west-1 EC2",
  ]);
  const services = { api: { v4: ["192.0.2.0/24"] }, logs: { v4: ["203.0.113.0/24"], v6: ["2001:db8::/32"] } };
  expect(entries(services, "*.v4")).toEqual(["192.0.2.0/24 - v4", "203.0.113.0/24 - v4"]);
  expect(entries(services, "logs")).toEqual(["203.0.113.0/24 - v4", "2001:db8::/32 - v6"]);
  expect(
    entries(
      [
        { area: ["A", "B"], ips: ["192.0.2.1"] },
        { area: ["C"], ips: ["192.0.2.3"] },
      ],
      "[area=B].ips",
    ),
  ).toEqual(["192.0.2.1/32 - -"]);
  expect(entries({ a: [{ "#": 7, on: true, cidr: "192.0.2.1" }] }, "a[#=7][on=true].cidr")).toEqual([
    "192.0.2.1/32 - a",
  ]);
});

test("a selector that selects nothing, or is none, is a reject that names it", () => {
  expect(reasons(aws, "prefixes[service=EC3].ip_prefix")).toEqual(["prefixes[service=EC3].ip_prefix: selects nothing"]);
  expect(reasons(aws, "prefixes.constructor")).toEqual(["prefixes.constructor: selects nothing"]);
  expect(reasons("192.0.2.0/24", "prefixes")).toEqual(["prefixes: selects nothing: the list is no JSON"]);
  expect(entries("192.0.2.0/24", "prefixes")).toEqual([]);
});

test.each([
  ["", "a key is missing at 1"],
  [".prefixes", "a key is missing at 1"],
  ["prefixes.", "a key is missing at 10"],
  ["prefixes..cidr", "a key is missing at 10"],
  ["prefixes.[]", "a key is missing at 10"],
  ["prefixes[service=EC2", "neither [] nor [key=value] at 9"],
  ["prefixes[service]", "neither [] nor [key=value] at 9"],
  ["prefixes[=EC2]", "neither [] nor [key=value] at 9"],
  ["prefixes[]x", "unexpected “x” at 11"],
  ["prefixes]", "unexpected “]” at 9"],
  ["service=EC2", "unexpected “=” at 8"],
])("%j is no selector: %s", (path, reason) => {
  expect(reasons(aws, path)).toEqual([`${path}: ${reason}`]);
});

test("every selector that a list is said to be found at selects just that", () => {
  const list = { ...aws, "odd.key[0]": { cidrs: ["192.0.2.9"] }, bare: [["192.0.2.1"], ["192.0.2.2"]] };
  const { found } = read(list);
  expect(found.size).toBe(4);
  for (const [selector, count] of found) expect(entries(list, selector)).toHaveLength(count);
});
