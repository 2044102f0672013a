import { existsSync, readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { parseAddress } from "../../src/ranges/address.ts";
import { buildTable, lookUp } from "../../src/ranges/cidr.ts";
import { readPublished } from "../../src/ranges/published.ts";
import type { Published } from "../../src/ranges/published.ts";

const FOLDER = "../shared/ip-ranges";
const files = existsSync(FOLDER)
  ? readdirSync(FOLDER, { recursive: true, encoding: "utf8", withFileTypes: true })
      .filter((entry) => entry.isFile() && entry.name !== "SOURCE.txt")
      .map((entry) => join(entry.parentPath, entry.name))
  : [];

function read(file: string, ...select: string[]): Published {
  return readPublished(readFileSync(file, "utf8"), { name: file, select });
}

describe.skipIf(files.length === 0)("lists that vendors published (skipped where the collection is absent)", () => {
  test.each(files)(
    "%s: has ranges, and every network in it but the parents of allocations is taken or rejected",
    (file) => {
      const { entries, rejects } = read(file);
      expect(entries.length).toBeGreaterThan(0);
      expect(rejects.map(({ text }) => text)).toEqual(file.endsWith("url/ip-file-2.txt") ? ["82.256.20.20/32"] : []);
      const own = readFileSync(file, "utf8").replaceAll(/"parent": \{[^}]*\}/g, "");
      const written = own.matchAll(/(?<![\d.])\d+\.\d+\.\d+\.\d+\\?\/\d+/g);
      const table = buildTable(entries);
      const missing = Array.from(written, ([cidr]) => cidr.replace("\\", "").split("/", 1)[0] ?? "").filter((text) => {
        const address = parseAddress(text);
        return address !== undefined && lookUp(table, address) === undefined;
      });
      expect(missing).toEqual([]);
    },
  );

  test("AWS: as many ranges as the file has prefixes, each with region and service", () => {
    const file = join(FOLDER, "full/aws/ip-ranges.json");
    const list = JSON.parse(readFileSync(file, "utf8")) as Record<
      "prefixes" | "ipv6_prefixes",
      { region: string; service: string }[]
    >;
    const published = read(file);
    expect(published.entries.map(({ region, service }) => ({ region, service }))).toEqual(
      [...list.prefixes, ...list.ipv6_prefixes].map(({ region, service }) => ({ region, service })),
    );
    expect(published.publishedAtMs).toBe(Date.UTC(2025, 6, 24, 20, 23, 14));
    const ec2 = list.prefixes.filter(({ service }) => service === "EC2");
    expect(read(file, "prefixes[service=EC2].ip_prefix").entries).toHaveLength(ec2.length);
  });

  test.each([
    ["full/github/meta.json", /"(\d+\.\d+\.\d+\.\d+|[\da-f]*:[\da-f:]+)\/\d+"/g],
    ["full/oracle/public_ip_ranges.json", /"cidr":/g],
    ["full/google-cloud/cloud.json", /"ipv[46]Prefix":/g],
    ["full/azure/ServiceTags_Public.first12.json", /"[\d.:a-f]+\/\d+"/g],
    ["full/linode/geofeed.txt", /^[^#\s]/gm],
    ["ip-fetcher/scaleway/prefixes.json", /"roa_status"/g],
    ["ip-fetcher/zscaler/doc.json", /"range":/g],
    ["samples/atlassian.sample.json", /"cidr":/g],
  ])("%s: as many ranges as the text has of %s", (file, pattern) => {
    const path = join(FOLDER, file);
    expect(read(path).entries).toHaveLength(Array.from(readFileSync(path, "utf8").matchAll(pattern)).length);
  });
});
