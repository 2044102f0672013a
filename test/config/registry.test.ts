import { expect, test } from "vitest";
import { loadConfig, type Loaded, type LoadWorld } from "../../src/config/load.ts";
import { isMistake, mistake } from "../../src/config/mistake.ts";
import { readTenants } from "../../src/tenants/read.ts";
import { lineOf } from "../../src/tenants/write.ts";
import { registration } from "../stores/registration.ts";

const NOW_MS = Date.parse("2026-11-21T03:00:00Z");
const LINE = JSON.stringify(lineOf(registration("111122223333")));
const { roles: ROWS } = readTenants(LINE, { name: "", format: "ndjson" });
const CONFIG = `
version: 1
vendor: { accounts: ["999988887777"] }
outboundRoles: [{ arn: "arn:aws:iam::999988887777:role/scanner", workload: scanner }]
externalIds: { key: "env:KEY" }
`;

function load(tenants: string, readTable?: LoadWorld["readTable"]): Promise<Loaded> {
  const files: Readonly<Record<string, string>> = {
    "/vendor/deputywatch.yaml": `${CONFIG}${tenants}`,
    "/vendor/tenants.ndjson": LINE,
  };
  return loadConfig("/vendor/deputywatch.yaml", {
    nowMs: NOW_MS,
    env: { KEY: Buffer.alloc(32, 7).toString("base64") },
    detectorIds: [],
    readFile: (path) => Promise.resolve(files[path]!),
    ...(readTable && { readTable }),
  });
}

const loadTable = (readTable: LoadWorld["readTable"]) => load("tenants: { table: customers }", readTable);

test("a registry in a table is read like one in a file, by its name", async () => {
  const names: string[] = [];
  const { vendor, renewal, warnings } = await loadTable((table) => {
    names.push(table);
    return Promise.resolve(ROWS);
  });
  const inFile = await load("tenants: { file: tenants.ndjson }");
  expect([names, warnings]).toEqual([["customers"], []]);
  expect(vendor.registry?.roles).toEqual(inFile.vendor.registry?.roles);
  expect([renewal?.file, renewal?.readMs]).toEqual([null, NOW_MS]);
  expect(inFile.renewal?.file).toMatch(/\/tenants\.ndjson$/);
});

test("a table without a customer is no mistake, and is said to be empty", async () => {
  const { vendor, warnings } = await loadTable(() => Promise.resolve([]));
  expect(vendor.registry?.roles).toEqual([]);
  expect(warnings.filter((warning) => warning.includes("tenants.table"))).toEqual([
    "tenants.table holds no customer yet: until it does, every role that is entered is a stranger's",
  ]);
});

test("a table that cannot be read, or contradicts itself, is refused at its key", async () => {
  const refusalOf = async (readTable: LoadWorld["readTable"]): Promise<string> => {
    const error: unknown = await loadTable(readTable).catch((reason: unknown) => reason);
    if (!isMistake(error)) throw new Error("no mistake", { cause: error });
    return [error.message, error.hint ?? "no hint"].join(" | ");
  };
  expect(await refusalOf(() => Promise.reject(mistake("there is no DynamoDB table customers", "create it")))).toMatch(
    /deputywatch\.yaml:\d+:\d+ tenants\.table: there is no DynamoDB table customers \| create it$/,
  );
  expect(await refusalOf(() => Promise.reject(new Error("throttled")))).toContain("tenants.table: throttled");
  const twice = [...ROWS, ...ROWS.map((row) => ({ ...row, tenant: "globex\u001b[2J" }))];
  const contradiction = await refusalOf(() => Promise.resolve(twice));
  expect(contradiction).toContain("tenants.table: customers contradicts itself: account 111122223333 belongs to both");
  expect(contradiction).not.toContain("\u001b");
});

test("a registry that is read again brings the vendor by what it then says, and its version with it", async () => {
  const verified = ROWS.map((row) => ({ ...row, verifiedMs: NOW_MS, externalIdSinceMs: NOW_MS }));
  const rows = [ROWS, verified, ROWS.map((row) => ({ ...row, tenant: "globex" }))];
  const { vendor, renewal } = await loadTable(() => Promise.resolve(rows.shift() ?? []));
  const [same, other, none] = [await renewal!.read(), await renewal!.read(), await renewal!.read()];
  expect(same).toEqual({ ...vendor, registry: expect.anything() as unknown });
  expect(other.registry?.tenantOf("111122223333")).toBe("globex");
  expect(other.versions.ranges).toBe(vendor.versions.ranges);
  expect(new Set([same, other, none].map(({ versions }) => versions.config)).size).toBe(3);
  expect(same.versions.config).toBe(vendor.versions.config);
  const { renewal: never } = await load("");
  expect(never).toBeNull();
});
