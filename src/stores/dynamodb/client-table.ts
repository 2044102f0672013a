import {
  BatchGetItemCommand,
  ConditionalCheckFailedException,
  PutItemCommand,
  UpdateItemCommand,
  type AttributeValue,
  type DynamoDBClient,
} from "@aws-sdk/client-dynamodb";
import { inParallel } from "../in-parallel.ts";
import { naming } from "./named.ts";
import type { Pause } from "./pause.ts";
import type { Item, Table } from "./table.ts";

type Attributes = Record<string, AttributeValue>;

/** @see https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_BatchGetItem.html */
const BATCH_KEYS = 100;
const BATCHES_AT_ONCE = 8;
/** DynamoDB leaves keys unread when it is throttled, or where the answer would be larger than 16 MB. */
const READ_ATTEMPTS = 20;

/** A table as AWS has it. Throws a mistake where there is none of this name; otherwise an `Error` with its cause. */
export function clientTable(client: DynamoDBClient, name: string, pause: Pause): Table {
  const named = naming(name);

  const readBatch = async (keys: readonly string[]): Promise<readonly Item[]> => {
    const items: Item[] = [];
    let left: Attributes[] = keys.map((key) => ({ key: { S: key } }));
    for (let attempt = 0; attempt < READ_ATTEMPTS; attempt++) {
      const RequestItems = { [name]: { Keys: left, ConsistentRead: true } };
      const { Responses, UnprocessedKeys } = await named(client.send(new BatchGetItemCommand({ RequestItems })));
      items.push(...(Responses?.[name] ?? []).map(itemOf));
      left = UnprocessedKeys?.[name]?.Keys ?? [];
      if (left.length === 0) return items;
      await pause(attempt);
    }
    throw new Error(`the DynamoDB table ${name} left ${left.length} items unread at each of ${READ_ATTEMPTS} attempts`);
  };

  return {
    read: async (keys) => {
      const asked = [...new Set(keys)];
      const batches: string[][] = [];
      for (let start = 0; start < asked.length; start += BATCH_KEYS) {
        batches.push(asked.slice(start, start + BATCH_KEYS));
      }
      const items = (await inParallel(batches, BATCHES_AT_ONCE, readBatch)).flat();
      return new Map(items.map((item) => [item.key, item]));
    },
    put: async (item, expected) => {
      const condition =
        expected === null
          ? { ConditionExpression: "attribute_not_exists(#key)", ExpressionAttributeNames: { "#key": "key" } }
          : {
              ConditionExpression: "#version = :version AND #expires = :expires",
              ExpressionAttributeNames: { "#version": "version", "#expires": "expires" },
              ExpressionAttributeValues: { ":version": number(expected.version), ":expires": number(expected.expires) },
            };
      const command = new PutItemCommand({
        TableName: name,
        Item: attributesOf(item),
        ...condition,
        ReturnValuesOnConditionCheckFailure: "ALL_OLD",
      });
      try {
        await named(client.send(command));
        return { done: true };
      } catch (error) {
        return { done: false, stored: storedOf(error) };
      }
    },
    add: async ({ key, kind, members, expires, now, cap }) => {
      const command = new UpdateItemCommand({
        TableName: name,
        Key: { key: { S: key } },
        UpdateExpression: "SET #kind = :kind, #expires = :expires ADD #members :members, #version :count",
        ConditionExpression: "attribute_not_exists(#key) OR (#kind = :kind AND #version < :cap AND #expires > :now)",
        ExpressionAttributeNames: Object.fromEntries(
          ["key", "kind", "expires", "members", "version"].map((attribute) => [`#${attribute}`, attribute]),
        ),
        ExpressionAttributeValues: {
          ":kind": { S: kind },
          ":expires": number(expires),
          ":members": { BS: [...members] },
          ":count": number(members.length),
          ":cap": number(cap),
          ":now": number(now),
        },
        ReturnValues: "ALL_NEW",
        ReturnValuesOnConditionCheckFailure: "ALL_OLD",
      });
      try {
        const { Attributes = {} } = await named(client.send(command));
        return { done: true, stored: itemOf(Attributes) };
      } catch (error) {
        const stored = storedOf(error);
        if (stored === null) throw error;
        return { done: false, stored };
      }
    },
  };
}

/** The item that refused a write; null: there is none. Any other error is thrown on. */
function storedOf(error: unknown): Item | null {
  if (!(error instanceof ConditionalCheckFailedException)) throw error;
  return error.Item === undefined ? null : itemOf(error.Item);
}

function number(value: number): AttributeValue {
  return { N: String(value) };
}

function attributesOf({ key, kind, version, expires, body, parts, members }: Item): Attributes {
  return {
    key: { S: key },
    kind: { S: kind },
    version: number(version),
    expires: number(expires),
    ...(body !== undefined && { body: typeof body === "string" ? { S: body } : { B: body } }),
    ...(parts && { parts: { L: parts.map((part) => ({ S: part })) } }),
    ...(members && { members: { BS: [...members] } }),
  };
}

function itemOf({ key, kind, version, expires, body, parts, members }: Attributes): Item {
  const text = body?.S ?? body?.B;
  return {
    key: key?.S ?? "",
    kind: kind?.S ?? "",
    version: Number(version?.N),
    expires: Number(expires?.N),
    ...(text !== undefined && { body: text }),
    ...(parts?.L && { parts: parts.L.map(({ S = "" }) => S) }),
    ...(members?.BS && { members: members.BS }),
  };
}
