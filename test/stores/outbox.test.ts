import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { dynamodbOutbox, OUTBOX_TABLE } from "../../src/stores/outbox/dynamodb.ts";
import { memoryOutbox } from "../../src/stores/outbox/memory.ts";
import { sqliteOutbox } from "../../src/stores/outbox/sqlite.ts";
import { sqliteStore } from "../../src/stores/sqlite.ts";
import { alert } from "../channels/alert.ts";
import { sharedDynamoDbLocal, whyNoDynamoDb, type DynamoDbLocal } from "./dynamodb-local.ts";
import { outboxContract } from "./outbox-contract.ts";

outboxContract("the outbox in memory", () => Promise.resolve({ outbox: memoryOutbox() }));

/** A path in a folder of its own, gone after the test. */
function somewhere(): string {
  const folder = mkdtempSync(join(tmpdir(), "deputywatch-outbox-"));
  onTestFinished(() => {
    rmSync(folder, { recursive: true });
  });
  return join(folder, "memory.db");
}

outboxContract(
  "the outbox in a SQLite file",
  () => {
    const path = somewhere();
    return Promise.resolve({ outbox: sqliteOutbox(path), reopen: () => Promise.resolve(sqliteOutbox(path)) });
  },
  10,
);

test("memory and outbox share a file, and neither is in the other's way", async () => {
  const path = somewhere();
  const [store, outbox] = [sqliteStore(path), sqliteOutbox(path)];
  await Promise.all([
    store.merge(new Map([["k", { kind: "marks", value: new Set(["a"]) }]])),
    outbox.announce([{ id: "dw-1", severity: "low", reached: 0, alert: alert() }]),
  ]);
  expect((await store.recall(["k"])).size).toBe(1);
  expect((await outbox.pending({ after: null, limit: 1 })).entries).toHaveLength(1);
  await store.close();
  await outbox.close();
  await expect(outbox.announce([])).rejects.toThrow();
});

const missing = whyNoDynamoDb();

describe.skipIf(missing !== null)(`in DynamoDB (${missing ?? "DynamoDB Local"})`, () => {
  let local: DynamoDbLocal;
  beforeAll(async () => {
    local = await sharedDynamoDbLocal();
  }, 60_000);

  outboxContract(
    "the outbox in a DynamoDB table",
    async () => {
      const table = await local.makeTable(OUTBOX_TABLE);
      return {
        outbox: dynamodbOutbox(local.client, table),
        reopen: () => Promise.resolve(dynamodbOutbox(local.client, table)),
      };
    },
    10,
  );

  test("a table that is not there fails whoever asks, with the cause", async () => {
    const outbox = dynamodbOutbox(local.client, "no-such-table");
    const list = [{ id: "dw-1", severity: "low", reached: 0, alert: alert() }] as const;
    const failure = await outbox.announce(list).catch((error: unknown) => error);
    expect(failure).toMatchObject({ message: "the outbox no-such-table took not all" });
    expect(failure).toMatchObject({ cause: { name: "ResourceNotFoundException" } });
    await expect(outbox.told("dw-1", "soc", 0)).rejects.toThrow();
  });
});
