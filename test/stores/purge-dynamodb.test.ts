import { PutItemCommand, ScanCommand, type AttributeValue } from "@aws-sdk/client-dynamodb";
import { gunzipSync, gzipSync } from "node:zlib";
import { beforeAll, describe, expect, test } from "vitest";
import { AWAY, crowd, customer, exampleCall, exampleVendor } from "../../src/detectors/example.ts";
import { DETECTORS } from "../../src/detectors/index.ts";
import { naming } from "../../src/memory/forget.ts";
import { announce } from "../../src/pipeline/announce.ts";
import { judge } from "../../src/pipeline/judge.ts";
import { settingsFrom } from "../../src/pipeline/settings.ts";
import { clientTable } from "../../src/stores/dynamodb/client-table.ts";
import { createTable } from "../../src/stores/dynamodb/create-table.ts";
import { dynamoStore } from "../../src/stores/dynamodb/store.ts";
import { dynamodbOutbox, OUTBOX_TABLE } from "../../src/stores/outbox/dynamodb.ts";
import { dynamodbPurge } from "../../src/stores/purge/dynamodb.ts";
import { sharedDynamoDbLocal, whyNoDynamoDb, type DynamoDbLocal } from "./dynamodb-local.ts";

const missing = whyNoDynamoDb();
const LEAVING = customer("leaving-corp", "111122223333");
// Enough others in one alert that its cell is a long one, in parts of its own.
const STAYING = crowd(400).map((role, at) => ({ ...role, tenant: `staying-corp-number-${at}-${"x".repeat(60)}` }));
const vendor = exampleVendor({}, [LEAVING, ...STAYING]);

describe.skipIf(missing !== null)(`in DynamoDB (${missing ?? "DynamoDB Local"})`, () => {
  let local: DynamoDbLocal;
  beforeAll(async () => {
    local = await sharedDynamoDbLocal();
  }, 60_000);

  /** Every text of a table, its zipped bodies opened. */
  async function textsOf(TableName: string): Promise<string> {
    const { Items = [] } = await local.client.send(new ScanCommand({ TableName }));
    return Items.map((item) =>
      JSON.stringify(item, (_, value: unknown) => {
        if (!(value instanceof Uint8Array)) return value;
        try {
          return gunzipSync(value).toString();
        } catch {
          return Buffer.from(value).toString("latin1");
        }
      }),
    ).join("\n");
  }

  test("nothing that names a customer is left in either table, and others keep what is theirs, beside a warm worker", async () => {
    const pause = () => Promise.resolve();
    const tables = { memory: "memory-to-purge", outbox: await local.makeTable(OUTBOX_TABLE) };
    await createTable(local.client, tables.memory);
    const store = dynamoStore({ table: clientTable(local.client, tables.memory, pause), now: Date.now, pause });
    const outbox = dynamodbOutbox(local.client, tables.outbox);
    const settings = { ...settingsFrom(null, DETECTORS, new Uint8Array(32)), vendor };
    const away = (target: typeof LEAVING, id: string) => exampleCall({ target, from: AWAY, id });
    const come = async (calls: readonly ReturnType<typeof exampleCall>[]): Promise<void> => {
      const { verdicts } = await judge({ calls, changes: [] }, { vendor, detectors: DETECTORS, store });
      await announce(verdicts, settings, outbox);
    };
    await come([LEAVING, ...STAYING].map((role) => away(role, role.account)));
    const before = { memory: await textsOf(tables.memory), outbox: await textsOf(tables.outbox) };
    for (const name of [LEAVING.tenant, LEAVING.account]) {
      expect(before.memory).toContain(name);
      expect(before.outbox).toContain(name);
    }

    // A part of a cell's version that was replaced, and one whose document is written while the purge waits.
    const part = (key: string, text: string) => ({
      ...{ key: { S: key }, kind: { S: "part" }, version: { N: "1" }, expires: { N: "9999999999" } },
      body: { B: gzipSync(text) },
    });
    const put = (Item: Record<string, AttributeValue>) =>
      local.client.send(new PutItemCommand({ TableName: tables.memory, Item }));
    await put(part("left:behind", `once about ${LEAVING.account}`));
    await put(part("just:laid", "[]"));
    const settled = () =>
      put({
        ...{ key: { S: "just" }, kind: { S: "marks" }, version: { N: "1" }, expires: { N: "9999999999" } },
        parts: { L: [{ S: "just:laid" }] },
      });

    const purge = dynamodbPurge(local.client, tables, pause, settled);
    const purged = await purge(naming([LEAVING.tenant, LEAVING.account]));
    expect(purged.cells).toBeGreaterThan(0);
    expect(purged.alerts).toBeGreaterThan(0);
    const after = { memory: await textsOf(tables.memory), outbox: await textsOf(tables.outbox) };
    for (const name of [LEAVING.tenant, LEAVING.account]) {
      expect(after.memory).not.toContain(name);
      expect(after.outbox).not.toContain(name);
    }
    const other = STAYING[7];
    if (other === undefined) throw new Error("there is no other customer");
    expect(after.memory).toContain(other.account);
    expect(after.memory).toContain("just:laid");
    expect(await purge(naming([LEAVING.account]))).toEqual({ cells: 0, alerts: 0 });

    // The worker that wrote it all remembers the cells as they were, and writes none of that back.
    await come([away(other, "once more")]);
    const later = (await textsOf(tables.memory)) + (await textsOf(tables.outbox));
    for (const name of [LEAVING.tenant, LEAVING.account]) expect(later).not.toContain(name);
  }, 60_000);
});
