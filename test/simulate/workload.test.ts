import { expect, test } from "vitest";
import { loadConfig } from "../../src/config/load.ts";
import { sessionNameContract } from "../../src/outbound/session-name.ts";
import { placeOf } from "../../src/ranges/place.ts";
import { postFor, sessionNameFor } from "../../src/simulate/crossing.ts";
import { dice } from "../../src/simulate/dice.ts";
import { estateOf, type Estate } from "../../src/simulate/estate.ts";
import { outsideAddress, rentedAddress } from "../../src/simulate/network.ts";
import { awsRangesOf, configOf, estateKey, keyFileOf, PAPERS, rangesOf, tenantsOf } from "../../src/simulate/papers.ts";
import { originAt } from "../../src/simulate/shift.ts";
import { DAY_MS } from "../../src/simulate/time.ts";
import type { Vendor } from "../../src/outbound/vendor.ts";

const START_MS = Date.parse("2026-06-01T00:00:00Z");
const estates = Array.from({ length: 40 }, (_, seed) => estateOf({ seed, accounts: 20, days: 14, startMs: START_MS }));

async function vendorOf(estate: Estate): Promise<Vendor> {
  const key = estateKey(estate);
  const papers: Readonly<Record<string, string>> = {
    [PAPERS.config]: configOf(estate),
    [PAPERS.tenants]: tenantsOf(estate, key, START_MS + 14 * DAY_MS),
    [PAPERS.ranges]: rangesOf(estate),
    [PAPERS.aws]: awsRangesOf(estate),
    [PAPERS.key]: keyFileOf(key),
  };
  const readFile = (path: string) => Promise.resolve(papers[path.slice(path.lastIndexOf("/") + 1)]!);
  const { vendor, warnings } = await loadConfig(`/${PAPERS.config}`, {
    nowMs: START_MS,
    env: {},
    detectorIds: [],
    readFile,
  });
  expect(warnings).toEqual([]);
  return vendor;
}

test("a workload's session names keep what its configuration can promise of them", () => {
  const globs = new Set<string | null>();
  for (const { workloads, customers } of estates) {
    for (const workload of workloads) {
      const { glob } = workload.naming;
      globs.add(glob?.replace(/^[a-z]+/, "word") ?? null);
      const { contract } = sessionNameContract([glob ?? "*"]);
      for (const customer of customers) {
        const timeMs = START_MS + customer.index * 15 * 3_600_000;
        const { worker } = postFor(workload, customer);
        const name = sessionNameFor(workload, worker, customer, timeMs, dice(customer.index, "name"));
        expect(name).toMatch(/^[\w+=,.@-]{2,64}$/);
        expect(contract!.allows(name, customer)).toBe(true);
      }
    }
  }
  expect(globs.size).toBe(7);
});

test("where a workload calls from is the vendor's by its own lists, and where attacks come from is not", async () => {
  const kinds = new Set<string>();
  for (const estate of estates.slice(0, 12)) {
    const { whereabouts } = await vendorOf(estate);
    const kindOf = (address: string, vpcEndpointId: string | null = null): string =>
      placeOf({ address, vpcEndpointId }, whereabouts).kind;
    for (const workload of estate.workloads) {
      for (const customer of estate.customers) {
        const timeMs = START_MS + customer.index * 11 * 600_000;
        const { address, vpcEndpointId } = originAt(estate, postFor(workload, customer), timeMs);
        expect(kindOf(address, vpcEndpointId)).toBe("owned");
        kinds.add(workload.egress.get(customer.region)!);
      }
    }
    const chance = dice(estate.seed, "elsewhere");
    expect([outsideAddress(chance, 4), outsideAddress(chance, 6)].map((address) => kindOf(address))).toEqual([
      "outside",
      "outside",
    ]);
    expect(kindOf(rentedAddress(chance))).toBe("aws");
  }
  expect(kinds).toEqual(new Set(["nat", "ipv6", "endpoint", "functions"]));
});

test("a workload is deployed about twice a week, and its names or agents tell", () => {
  for (const { workloads } of estates) {
    for (const { deployedMs, buildAt } of workloads) {
      expect(deployedMs.length).toBeGreaterThanOrEqual(2);
      expect(deployedMs.length).toBeLessThanOrEqual(5);
      const builds = deployedMs.map((timeMs) => buildAt(timeMs).hash);
      expect(new Set(builds).size).toBe(builds.length);
    }
  }
});
