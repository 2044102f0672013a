import { ScanCommand } from "@aws-sdk/client-dynamodb";
import { beforeAll, describe, expect, test } from "vitest";
import { dynamodbRate, RATE_TABLE } from "../../src/stores/rate/dynamodb.ts";
import { memoryRate } from "../../src/stores/rate/memory.ts";
import { sharedDynamoDbLocal, whyNoDynamoDb, type DynamoDbLocal } from "./dynamodb-local.ts";
import { rateContract } from "./rate-contract.ts";

const T0 = Date.UTC(2026, 10, 20);

rateContract("the rate in memory", (limit) => Promise.resolve(memoryRate(limit)), 200);

test("of a hundred thousand names that came once, those that may come again are forgotten", async () => {
  const rate = memoryRate({ perMinute: 60, burst: 2 });
  for (let n = 0; n < 100_000; n++) {
    expect((await rate.take(`tenant-${n}`, T0 + n)).allowed).toBe(true);
  }
  expect((await rate.take("tenant-99999", T0 + 99_999)).allowed).toBe(true);
  expect((await rate.take("tenant-99999", T0 + 99_999)).allowed).toBe(false);
});

test("a limit by which nobody could come is refused", () => {
  for (const limit of [
    { perMinute: 0, burst: 1 },
    { perMinute: 1, burst: 0 },
    { perMinute: Number.NaN, burst: 1 },
  ]) {
    expect(() => memoryRate(limit)).toThrow(RangeError);
  }
});

const missing = whyNoDynamoDb();

describe.skipIf(missing !== null)(`in DynamoDB (${missing ?? "DynamoDB Local"})`, () => {
  let local: DynamoDbLocal;
  beforeAll(async () => {
    local = await sharedDynamoDbLocal();
  }, 60_000);

  rateContract(
    "the rate in a DynamoDB table",
    async (limit) => dynamodbRate(local.client, await local.makeTable(RATE_TABLE), limit),
    15,
  );

  test("the table holds no tenant's name, and its items expire soon after they say nothing any more", async () => {
    const table = await local.makeTable(RATE_TABLE);
    const rate = dynamodbRate(local.client, table, { perMinute: 60, burst: 5 });
    await rate.take("acme", T0);
    await rate.take("acme", T0);
    const { Items = [] } = await local.client.send(new ScanCommand({ TableName: table }));
    expect(Items).toHaveLength(1);
    expect(JSON.stringify(Items)).not.toContain("acme");
    expect(Items[0]?.key?.S).toMatch(/^rate#[0-9a-f]{64}$/);
    expect(Items[0]?.fullMs?.N).toBe(String(T0 + 2_000));
    const expiresMs = Number(Items[0]?.expires?.N) * 1_000;
    expect(expiresMs).toBeGreaterThan(T0 + 5_000);
    expect(expiresMs).toBeLessThan(T0 + 2 * 3_600_000);
  });

  test("a table that cannot be asked fails with the cause, and lets nobody through by that", async () => {
    const rate = dynamodbRate(local.client, "no-such-table", { perMinute: 60, burst: 5 });
    const failure = await rate.take("acme", T0).catch((error: unknown) => error);
    expect(failure).toMatchObject({ cause: { name: "ResourceNotFoundException" } });
    expect(String(failure)).toContain("the DynamoDB table no-such-table: ");
  });
});
