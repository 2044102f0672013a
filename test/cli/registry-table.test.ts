import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { PAPERS } from "../../examples/vendor/papers.ts";
import { sampleVendor } from "../../examples/vendor/sample.ts";
import type { Alert } from "../../src/alerts/alert.ts";
import { keyFileOf } from "../../src/simulate/papers.ts";
import { dynamodbRegistrations, REGISTRATIONS_TABLE } from "../../src/stores/registrations/dynamodb.ts";
import { readTenants } from "../../src/tenants/read.ts";
import { sharedDynamoDbLocal, whyNoDynamoDb, type DynamoDbLocal } from "../stores/dynamodb-local.ts";
import { deputywatch, folderWith, type Ended } from "./process.ts";

const SAMPLE = sampleVendor({ seed: 1, tenants: 8, startMs: Date.parse("2026-11-19T00:00:00Z"), days: 2 });
const missing = whyNoDynamoDb();

describe.skipIf(missing !== null)(`a registry in a table (${missing ?? "DynamoDB Local"})`, () => {
  let local: DynamoDbLocal;
  beforeAll(async () => {
    local = await sharedDynamoDbLocal();
  }, 60_000);

  /** Enough files for several threads. */
  const trails = Object.fromEntries(
    Array.from({ length: 40 }, (_, n): [string, string] => [
      `trail/${n}.json`,
      JSON.stringify({ Records: SAMPLE.records.filter((_record, at) => at % 40 === n) }),
    ]),
  );

  function replay(tenants: string, ...flags: readonly string[]): Promise<Ended> {
    const folder = folderWith({
      ...trails,
      [PAPERS.config]: SAMPLE.config.replace(/^tenants: .*$/m, `tenants: { ${tenants} }`),
      [PAPERS.tenants]: SAMPLE.tenants,
      [PAPERS.ranges]: SAMPLE.ranges,
      [PAPERS.key]: keyFileOf(SAMPLE.key),
    });
    const env = {
      ...{ AWS_REGION: "us-east-1", AWS_ACCESS_KEY_ID: "local", AWS_SECRET_ACCESS_KEY: "local" },
      AWS_ENDPOINT_URL_DYNAMODB: local.endpoint,
    };
    const args = ["replay", "trail", "--config", join(folder, PAPERS.config), "--format", "ndjson", ...flags];
    return deputywatch(args, { cwd: folder, env });
  }

  /** Less the configuration's version, which is another where the registry is elsewhere. */
  function alertsOf({ out }: Ended): readonly unknown[] {
    const alerts = out
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line) as Alert);
    return alerts.map((alert) => ({ ...alert, versions: { ...alert.versions, config: "" } }));
  }

  test(
    "comes to the alerts that the same registry in a file comes to, in one thread and in several",
    { timeout: 60_000 },
    async () => {
      const table = await local.makeTable(REGISTRATIONS_TABLE);
      const { roles } = readTenants(SAMPLE.tenants, { name: "", format: "ndjson" });
      await dynamodbRegistrations(local.client, table).claim(roles);
      const inFile = await replay(`file: ${PAPERS.tenants}`, "--jobs", "1");
      const [one, two] = [
        await replay(`table: ${table}`, "--jobs", "1"),
        await replay(`table: ${table}`, "--jobs", "2"),
      ];
      expect([inFile.code, one.code, two.code]).toEqual([14, 14, 14]);
      expect(alertsOf(inFile).length).toBeGreaterThan(5);
      expect(alertsOf(one)).toEqual(alertsOf(inFile));
      expect(two.out).toBe(one.out);
    },
  );

  test("is no mistake where it is empty, and one where it is not there", { timeout: 60_000 }, async () => {
    const table = await local.makeTable(REGISTRATIONS_TABLE);
    const empty = await replay(`table: ${table}`);
    expect(empty.code).toBe(14);
    expect(empty.err).toContain("warning: tenants.table holds no customer yet");
    expect(empty.out).toContain("unknown-target");
    const gone = await replay("table: no-such-table");
    expect(gone.code).toBe(2);
    expect(gone.err).toContain("tenants.table: there is no DynamoDB table no-such-table");
    expect(gone.err).toContain("create it first, or look at the region");
  });
});
