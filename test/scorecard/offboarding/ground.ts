import { cp, mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { setTimeout as sleep } from "node:timers/promises";
import { gunzipSync } from "node:zlib";
import { paginateScan, PutItemCommand, type AttributeValue } from "@aws-sdk/client-dynamodb";
import type { Lasting } from "../../../src/pipeline/world.ts";
import { clientTable } from "../../../src/stores/dynamodb/client-table.ts";
import { createTable } from "../../../src/stores/dynamodb/create-table.ts";
import { fullJitter } from "../../../src/stores/dynamodb/pause.ts";
import { dynamoStore } from "../../../src/stores/dynamodb/store.ts";
import { inParallel } from "../../../src/stores/in-parallel.ts";
import { dynamodbOutbox, OUTBOX_TABLE } from "../../../src/stores/outbox/dynamodb.ts";
import { sqliteOutbox } from "../../../src/stores/outbox/sqlite.ts";
import { dynamodbPurge } from "../../../src/stores/purge/dynamodb.ts";
import type { Purge } from "../../../src/stores/purge/purge.ts";
import { sqlitePurge } from "../../../src/stores/purge/sqlite.ts";
import { sqliteStore } from "../../../src/stores/sqlite.ts";
import type { DynamoDbLocal } from "../../stores/dynamodb-local.ts";

/** Where memory and outbox are, and all that is there. */
export interface Ground {
  readonly open: () => Pick<Lasting, "store" | "outbox">;
  readonly purge: Purge;
  /** Every byte that is kept; what is compressed also as it was before. */
  readonly bytes: () => Promise<Buffer>;
  /** Each cell and each alert, by a name of its own, as text. */
  readonly rows: () => Promise<ReadonlyMap<string, string>>;
  readonly copy: () => Promise<Ground>;
  readonly remove: () => Promise<void>;
}

/** A file for both. Nobody may have it open while it is copied. */
export async function sqliteGround(from: string | null = null): Promise<Ground> {
  const folder = await mkdtemp(join(tmpdir(), "offboarding-"));
  if (from !== null) await cp(from, folder, { recursive: true });
  const path = join(folder, "memory.db");
  return {
    open: () => ({ store: sqliteStore(path), outbox: sqliteOutbox(path) }),
    purge: sqlitePurge(path),
    bytes: async () => {
      const files = await readdir(folder);
      return Buffer.concat(await Promise.all(files.map((file) => readFile(join(folder, file)))));
    },
    rows: () => Promise.resolve(rowsIn(path)),
    copy: () => sqliteGround(folder),
    remove: () => rm(folder, { recursive: true }),
  };
}

function rowsIn(path: string): ReadonlyMap<string, string> {
  const db = new DatabaseSync(path);
  try {
    const rows = new Map<string, string>();
    for (const table of ["cells", "outbox", "told"]) {
      for (const row of db.prepare(`SELECT * FROM ${table}`).all()) {
        const [first, second] = Object.values(row);
        rows.set(`${table} ${String(first)} ${table === "told" ? String(second) : ""}`, JSON.stringify(row));
      }
    }
    return rows;
  } finally {
    db.close();
  }
}

type Attributes = Record<string, AttributeValue>;

/** Two tables of DynamoDB Local. `nowMs` is the clock by which cells expire. */
export async function dynamodbGround(local: DynamoDbLocal, nowMs: number, from: Attributes[][] = []): Promise<Ground> {
  const { client } = local;
  const pause = fullJitter(sleep, Math.random);
  const outbox = await local.makeTable(OUTBOX_TABLE);
  const memory = `memory-of-${outbox}`;
  await createTable(client, memory);
  const tables = [memory, outbox];
  for (const [at, items] of from.entries())
    await inParallel(items, 16, (Item) => client.send(new PutItemCommand({ TableName: tables[at], Item })));
  const scanned = async (TableName: string | undefined): Promise<Attributes[]> => {
    const items: Attributes[] = [];
    for await (const page of paginateScan({ client }, { TableName, ConsistentRead: true }))
      items.push(...(page.Items ?? []));
    return items;
  };
  const all = (): Promise<Attributes[][]> => Promise.all(tables.map(scanned));
  return {
    open: () => ({
      store: dynamoStore({ table: clientTable(client, memory, pause), now: () => nowMs, pause }),
      outbox: dynamodbOutbox(client, outbox),
    }),
    purge: dynamodbPurge(client, { memory, outbox }, pause),
    bytes: async () => Buffer.from((await all()).flat().map(textOf).join("\n")),
    rows: async () => new Map((await all()).flat().map((item) => [item.key?.S ?? item.id?.S ?? "", textOf(item)])),
    copy: async () => dynamodbGround(local, nowMs, await all()),
    remove: () => Promise.resolve(),
  };
}

/** An item with its fields and its sets in order, binary ones as text: inflated where they are compressed. */
function textOf(item: Attributes): string {
  return JSON.stringify(item, (_, value: unknown) => {
    if (value instanceof Uint8Array) return inflated(value);
    if (typeof value !== "object" || value === null) return value;
    if ("BS" in value) return (value.BS as Uint8Array[]).map((member) => Buffer.from(member).toString("hex")).sort();
    return Array.isArray(value)
      ? value
      : Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)));
  });
}

function inflated(bytes: Uint8Array): string {
  try {
    return gunzipSync(bytes).toString();
  } catch {
    return Buffer.from(bytes).toString("latin1");
  }
}
