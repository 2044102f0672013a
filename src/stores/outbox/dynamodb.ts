import { gunzipSync, gzipSync } from "node:zlib";
import {
  BatchGetItemCommand,
  ConditionalCheckFailedException,
  DynamoDBClient,
  QueryCommand,
  UpdateItemCommand,
  type AttributeValue,
  type CreateTableCommandInput,
  type UpdateItemCommandInput,
} from "@aws-sdk/client-dynamodb";
import type { Alert } from "../../alerts/alert.ts";
import type { Severity } from "../../detectors/detector.ts";
import { inParallel } from "../in-parallel.ts";
import { turnOf, type Announcement, type Outbox, type Pending } from "./outbox.ts";

type Item = Readonly<Record<string, AttributeValue>>;

/** The sparse index of what is due: an item without the attribute `due` is not in it. */
const DUE_INDEX = "due";
const DUE: AttributeValue = { S: "due" };

/** How the table must be made, less its name. */
export const OUTBOX_TABLE: Omit<CreateTableCommandInput, "TableName"> = {
  BillingMode: "PAY_PER_REQUEST",
  KeySchema: [{ AttributeName: "id", KeyType: "HASH" }],
  AttributeDefinitions: [
    { AttributeName: "id", AttributeType: "S" },
    { AttributeName: "due", AttributeType: "S" },
    { AttributeName: "turn", AttributeType: "S" },
  ],
  GlobalSecondaryIndexes: [
    {
      IndexName: DUE_INDEX,
      KeySchema: [
        { AttributeName: "due", KeyType: "HASH" },
        { AttributeName: "turn", KeyType: "RANGE" },
      ],
      Projection: { ProjectionType: "KEYS_ONLY" },
    },
  ],
};

/** @see https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_BatchGetItem.html */
const BATCH = 100;
const WRITES_AT_ONCE = 8;

/**
 * An outbox in a DynamoDB table of its own. Each write is conditional on growing what is there, so a write that comes
 * twice or too late changes nothing. The index says what is due, within its usual second; the entries themselves are
 * read consistently, so what it says too late is not told again.
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/bp-indexes-general-sparse-indexes.html
 */
export function dynamodbOutbox(client: DynamoDBClient, table: string): Outbox {
  const grow = async (input: Omit<UpdateItemCommandInput, "TableName">): Promise<void> => {
    try {
      await client.send(new UpdateItemCommand({ TableName: table, ...input }));
    } catch (error) {
      if (!(error instanceof ConditionalCheckFailedException)) throw error;
    }
  };

  return {
    announce: async (list) => {
      try {
        await inParallel(list, WRITES_AT_ONCE, (one) => grow(announcing(one)));
      } catch (cause) {
        throw new Error(`the outbox ${table} took not all`, { cause });
      }
    },
    pending: async ({ after, limit }) => {
      const { Items = [], LastEvaluatedKey } = await client.send(
        new QueryCommand({
          TableName: table,
          IndexName: DUE_INDEX,
          KeyConditionExpression: after === null ? "due = :due" : "due = :due AND turn > :after",
          ExpressionAttributeValues: { ":due": DUE, ...(after === null ? {} : { ":after": { S: after } }) },
          Limit: limit,
        }),
      );
      const entries = await readAll(client, table, Items.map(keyOf));
      const byTurn = entries.toSorted((a, b) => (turnOf(a) < turnOf(b) ? -1 : 1));
      return { entries: byTurn, next: LastEvaluatedKey?.turn?.S ?? null };
    },
    told: (id, channel, reached) =>
      grow({
        Key: { id: { S: id } },
        UpdateExpression: "SET told.#channel = :reached",
        ConditionExpression:
          "attribute_exists(told) AND (attribute_not_exists(told.#channel) OR told.#channel < :reached)",
        ExpressionAttributeNames: { "#channel": channel },
        ExpressionAttributeValues: { ":reached": { N: String(reached) } },
      }),
    complete: (id, reached) =>
      grow({
        Key: { id: { S: id } },
        UpdateExpression: "REMOVE due",
        ConditionExpression: "reached <= :reached",
        ExpressionAttributeValues: { ":reached": { N: String(reached) } },
      }),
    // The client is its maker's to close.
    close: () => Promise.resolve(),
  };
}

function announcing({ id, severity, reached, alert }: Announcement): Omit<UpdateItemCommandInput, "TableName"> {
  return {
    Key: { id: { S: id } },
    UpdateExpression:
      "SET reached = :reached, severity = :severity, turn = :turn, alert = :alert, due = :due, told = if_not_exists(told, :nobody)",
    ConditionExpression: "attribute_not_exists(reached) OR reached < :reached",
    ExpressionAttributeValues: {
      ":reached": { N: String(reached) },
      ":severity": { S: severity },
      ":turn": { S: turnOf({ id, severity }) },
      ":alert": { B: gzipSync(JSON.stringify(alert)) },
      ":due": DUE,
      ":nobody": { M: {} },
    },
  };
}

function keyOf({ id }: Item): Item {
  return { id: id ?? { S: "" } };
}

/** Those of them that are due still. */
async function readAll(client: DynamoDBClient, table: string, keys: readonly Item[]): Promise<readonly Pending[]> {
  const entries: Pending[] = [];
  const left = [...keys];
  while (left.length > 0) {
    const Keys = left.splice(0, BATCH);
    const { Responses = {}, UnprocessedKeys = {} } = await client.send(
      new BatchGetItemCommand({ RequestItems: { [table]: { Keys, ConsistentRead: true } } }),
    );
    const items = Responses[table] ?? [];
    entries.push(...items.filter(({ due }) => due !== undefined).map(pendingOf));
    const unread = UnprocessedKeys[table]?.Keys ?? [];
    if (items.length === 0 && unread.length > 0)
      throw new Error(`the outbox ${table} is throttled: nothing could be read`);
    left.push(...unread);
  }
  return entries;
}

function pendingOf({ id, severity, reached, alert, told }: Item): Pending {
  return {
    id: id?.S ?? "",
    severity: severity?.S as Severity,
    reached: Number(reached?.N),
    alert: JSON.parse(gunzipSync(alert?.B ?? "").toString()) as Alert,
    told: new Map(Object.entries(told?.M ?? {}).map(([channel, { N }]) => [channel, Number(N)])),
  };
}

/** The outbox in the table of this name. Region, credentials and endpoint are the SDK's own to find. */
export function openDynamoOutbox(table: string): Outbox {
  const client = new DynamoDBClient();
  const outbox = dynamodbOutbox(client, table);
  return {
    ...outbox,
    close: async () => {
      await outbox.close();
      client.destroy();
    },
  };
}
