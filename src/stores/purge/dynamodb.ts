import { setTimeout as sleep } from "node:timers/promises";
import { gunzipSync, gzipSync } from "node:zlib";
import {
  ConditionalCheckFailedException,
  DeleteItemCommand,
  DynamoDBClient,
  paginateScan,
  PutItemCommand,
  type AttributeValue,
} from "@aws-sdk/client-dynamodb";
import type { Alert } from "../../alerts/alert.ts";
import { alertWithout } from "../../alerts/forget.ts";
import { CELL_KINDS, type CellKind } from "../../memory/cell.ts";
import { forgotten, type Names } from "../../memory/forget.ts";
import { setShare } from "../../memory/parts.ts";
import { pack, unpack } from "../dynamodb/body.ts";
import { clientTable } from "../dynamodb/client-table.ts";
import { fullJitter, type Pause } from "../dynamodb/pause.ts";
import type { Purge } from "./purge.ts";

type Attributes = Record<string, AttributeValue>;
const PASSES = 5;
/** Longer than a writer takes from laying a part to writing what names it. */
const SETTLED_MS = 60_000;

/**
 * Purges the tables of memory and outbox, item by item. What another writes meanwhile is left as that one wrote it and
 * purged by the next pass; a worker that remembers an item as it was reads it anew, because its version has changed.
 * Parts that nothing names any more, and that nothing names a minute later either, go too, whatever is in them.
 */
export function dynamodbPurge(
  client: DynamoDBClient,
  tables: { memory: string; outbox: string },
  pause: Pause,
  settled: () => Promise<unknown> = () => sleep(SETTLED_MS),
): Purge {
  return async (names) => {
    const sum = { cells: 0, alerts: 0 };
    for (let pass = 0; pass < PASSES; pass++) {
      const memory = await eachItem(client, tables.memory, (item) =>
        purgeCell(client, tables.memory, item, names, pause),
      );
      const outbox = await eachItem(client, tables.outbox, (item) => purgeAlert(client, tables.outbox, item, names));
      sum.cells += memory.changed;
      sum.alerts += outbox.changed;
      if (memory.missed + outbox.missed > 0) continue;
      const unnamed = await unnamedParts(client, tables.memory);
      if (unnamed.size > 0) await settled();
      const still = unnamed.size === 0 ? unnamed : await unnamedParts(client, tables.memory);
      for (const part of unnamed.intersection(still)) await removePart(client, tables.memory, part);
      return sum;
    }
    throw new Error(`others wrote to what is to be purged at each of ${PASSES} passes: run it again`);
  };
}

type Outcome = "kept" | "changed" | "missed";

async function eachItem(client: DynamoDBClient, TableName: string, work: (item: Attributes) => Promise<Outcome>) {
  const counts = { kept: 0, changed: 0, missed: 0 };
  for await (const { Items = [] } of paginateScan({ client }, { TableName, ConsistentRead: true })) {
    for (const item of Items) counts[await work(item)]++;
  }
  return counts;
}

/** Keys of the parts that no item names: what a later version of a cell, or a purge that died, left behind. */
async function unnamedParts(client: DynamoDBClient, TableName: string): Promise<Set<string>> {
  const [parts, named] = [new Set<string>(), new Set<string>()];
  await eachItem(client, TableName, ({ key, kind, parts: own }) => {
    if (kind?.S === "part") parts.add(key?.S ?? "");
    for (const { S = "" } of own?.L ?? []) named.add(S);
    return Promise.resolve("kept");
  });
  return parts.difference(named);
}

async function removePart(client: DynamoDBClient, TableName: string, part: string): Promise<void> {
  await client.send(new DeleteItemCommand({ TableName, Key: { key: { S: part } } }));
}

async function purgeCell(
  client: DynamoDBClient,
  TableName: string,
  item: Attributes,
  names: Names,
  pause: Pause,
): Promise<Outcome> {
  const key = item.key?.S ?? "";
  const parts = (item.parts?.L ?? []).map(({ S = "" }) => S);
  const kind = item.kind?.S ?? "";
  // Parts go with what names them; members of sets are hashes.
  if (kind === "part") return "kept";
  const body = item.body?.S ?? item.body?.B;
  const holdsText =
    Object.hasOwn(CELL_KINDS, kind) && setShare(kind as CellKind) !== "all" && (body ?? parts[0]) !== undefined;
  let left: string | undefined;
  if (!names(key)) {
    if (!holdsText) return "kept";
    const stored = {
      key,
      kind,
      version: 0,
      expires: 0,
      ...(body !== undefined && { body }),
      ...(parts.length > 0 && { parts }),
    };
    const value: unknown = JSON.parse(await unpack(stored, clientTable(client, TableName, pause)));
    const kept = forgotten(kind as CellKind, value, names);
    if (kept === value) return "kept";
    left = kept === undefined ? undefined : JSON.stringify(kept);
  }
  const next = left === undefined ? null : await cellItem(client, TableName, item, left);
  if (!(await replaceItem(client, TableName, item, next))) return "missed";
  for (const part of parts) await removePart(client, TableName, part);
  return "changed";
}

/** The item with another text, in parts of its own where it is a long one. */
async function cellItem(
  client: DynamoDBClient,
  TableName: string,
  item: Attributes,
  text: string,
): Promise<Attributes> {
  const { content, parts } = pack(item.key?.S ?? "", text);
  const { expires = { N: "0" }, version } = item;
  for (const [key, part] of parts) {
    const Item = { key: { S: key }, kind: { S: "part" }, version: { N: "1" }, expires, body: { B: part } };
    await client.send(new PutItemCommand({ TableName, Item }));
  }
  const next: Attributes = { ...item, version: { N: String(Number(version?.N) + 1) } };
  delete next.body;
  delete next.parts;
  if ("parts" in content) return { ...next, parts: { L: (content.parts ?? []).map((S) => ({ S })) } };
  const body = "body" in content ? (content.body ?? "") : "";
  return { ...next, body: typeof body === "string" ? { S: body } : { B: body } };
}

async function purgeAlert(client: DynamoDBClient, TableName: string, item: Attributes, names: Names): Promise<Outcome> {
  const alert = JSON.parse(gunzipSync(item.alert?.B ?? "").toString()) as Alert;
  const left = alertWithout(alert, names);
  const told = Object.entries(item.told?.M ?? {});
  const channels = told.filter(([channel]) => !names(channel));
  if (left === alert && channels.length === told.length) return "kept";
  const next = left && {
    ...item,
    alert: { B: gzipSync(JSON.stringify(left)) },
    told: { M: Object.fromEntries(channels) },
  };
  return (await replaceItem(client, TableName, item, next ?? null)) ? "changed" : "missed";
}

/** Puts an item in another's place, or nothing, if it is still as it was read: told by what every write of ours changes. */
async function replaceItem(
  client: DynamoDBClient,
  TableName: string,
  item: Attributes,
  next: Attributes | null,
): Promise<boolean> {
  const stamps = ["version", "expires", "reached", "told", "due"].filter((name) => item[name] !== undefined);
  const condition = {
    TableName,
    ConditionExpression: stamps.map((name) => `#${name} = :${name}`).join(" AND "),
    ExpressionAttributeNames: Object.fromEntries(stamps.map((name) => [`#${name}`, name])),
    ExpressionAttributeValues: Object.fromEntries(stamps.map((name) => [`:${name}`, item[name] ?? { NULL: true }])),
  };
  const Key = Object.fromEntries(Object.entries(item).filter(([name]) => name === "key" || name === "id"));
  try {
    if (next === null) await client.send(new DeleteItemCommand({ ...condition, Key }));
    else await client.send(new PutItemCommand({ ...condition, Item: next }));
    return true;
  } catch (error) {
    if (error instanceof ConditionalCheckFailedException) return false;
    throw error;
  }
}

/** The purge of the tables of these names. Region, credentials and endpoint are the SDK's own to find. */
export function openDynamodbPurge(tables: { readonly memory: string; readonly outbox: string }): Purge {
  return dynamodbPurge(new DynamoDBClient(), tables, fullJitter(sleep, Math.random));
}
