import {
  ConditionalCheckFailedException,
  DeleteItemCommand,
  DynamoDBClient,
  GetItemCommand,
  paginateQuery,
  paginateScan,
  PutItemCommand,
  UpdateItemCommand,
  type AttributeValue,
  type CreateTableCommandInput,
} from "@aws-sdk/client-dynamodb";
import { mistake } from "../../config/mistake.ts";
import type { DeletionRecord } from "../../tenants/deletion.ts";
import { readTenants } from "../../tenants/read.ts";
import { naming } from "../dynamodb/named.ts";
import { inParallel } from "../in-parallel.ts";
import { lineFor, type Line } from "./line.ts";
import { revisionOf, type Held, type Registrations } from "./registrations.ts";

type Item = Readonly<Record<string, AttributeValue>>;

/** How the table must be made, less its name. What it holds is few and precious: let it have point-in-time recovery. */
export const REGISTRATIONS_TABLE: Omit<CreateTableCommandInput, "TableName"> = {
  BillingMode: "PAY_PER_REQUEST",
  KeySchema: [{ AttributeName: "key", KeyType: "HASH" }],
  AttributeDefinitions: [
    { AttributeName: "key", AttributeType: "S" },
    { AttributeName: "tenant", AttributeType: "S" },
  ],
  GlobalSecondaryIndexes: [
    {
      IndexName: "tenant",
      KeySchema: [{ AttributeName: "tenant", KeyType: "HASH" }],
      Projection: { ProjectionType: "ALL" },
    },
  ],
};

const AT_ONCE = 16;
/** A new table takes some 4,000 writes a second and refuses more for a while; a bulk import may meet with that. */
const ATTEMPTS = 8;
const ACCOUNT = "account#";
const DELETION = "deletion#";

/**
 * Registrations in a DynamoDB table: an item an account, which holds the registry's line as text, and an item a deletion.
 * A line is changed on condition that it still reads as it did, so what somebody edited by hand is not written over
 * either, and further fields and attributes stay. Reads are consistent. A line that cannot be read rejects with a mistake
 * that names its account: whoever asks for all of them is refused, since a registry is not guessed at; the other accounts
 * stay usable.
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/WorkingWithItems.html#WorkingWithItems.ConditionalUpdate
 */
export function dynamodbRegistrations(client: DynamoDBClient, table: string): Registrations {
  const TableName = table;
  const named = naming(table);

  const lineAt = async (account: string): Promise<Line | null> => {
    const { Item } = await named(
      client.send(new GetItemCommand({ TableName, Key: keyOf(account), ConsistentRead: true })),
    );
    return Item === undefined ? null : readable(Item, table);
  };

  const itemsOf = (pages: AsyncIterable<{ readonly Items?: Item[] | undefined }>): Promise<readonly Item[]> =>
    named(
      (async () => {
        const items: Item[] = [];
        for await (const { Items = [] } of pages) items.push(...Items);
        return items;
      })(),
    );

  const scan = (prefix: string): Promise<readonly Item[]> => {
    const pages = paginateScan(
      { client },
      {
        TableName,
        ConsistentRead: true,
        FilterExpression: "begins_with(#key, :prefix)",
        ExpressionAttributeNames: { "#key": "key" },
        ExpressionAttributeValues: { ":prefix": { S: prefix } },
      },
    );
    return itemsOf(pages);
  };

  const claimOne = async (line: Line): Promise<Held> => {
    const { account, tenant } = line.held.registration;
    try {
      await named(
        client.send(
          new PutItemCommand({
            TableName,
            Item: { ...keyOf(account), tenant: { S: tenant }, line: { S: line.text } },
            ConditionExpression: "attribute_not_exists(#key)",
            ExpressionAttributeNames: { "#key": "key" },
            ReturnValuesOnConditionCheckFailure: "ALL_OLD",
          }),
        ),
      );
      return line.held;
    } catch (error) {
      if (!(error instanceof ConditionalCheckFailedException) || error.Item === undefined) throw error;
      return readable(error.Item, table).held;
    }
  };

  /** Whether the line that was held is the one that `write` found; a write whose answer was lost is known again. */
  const changeOne = async (
    { registration: { account }, revision }: Held,
    write: (line: Line, condition: Condition) => Promise<unknown>,
    isDone: (now: Item | undefined) => boolean,
  ): Promise<boolean> => {
    const line = await lineAt(account);
    if (line?.held.revision !== revision) return false;
    try {
      await named(write(line, unchanged(line)));
      return true;
    } catch (error) {
      if (!(error instanceof ConditionalCheckFailedException)) throw error;
      return (error.$metadata.attempts ?? 1) > 1 && isDone(error.Item);
    }
  };

  const allHeld = (items: readonly Item[]): readonly Held[] => {
    const readings = items.map((item) => readingOf(item));
    const faults = readings.flatMap(({ fault }) => fault ?? []);
    if (faults.length > 0) throw unreadable(table, faults);
    return readings.flatMap(({ line }) => line?.held ?? []).sort(byAccount);
  };

  return {
    all: async () => allHeld(await scan(ACCOUNT)),
    ofTenant: async (tenant) => {
      const pages = paginateQuery(
        { client },
        {
          TableName,
          IndexName: "tenant",
          KeyConditionExpression: "tenant = :tenant",
          ExpressionAttributeValues: { ":tenant": { S: tenant } },
        },
      );
      return allHeld(await itemsOf(pages));
    },
    of: async (account) => (await lineAt(account))?.held ?? null,
    claim: async (list) => {
      const first = new Map<string, Line>();
      for (const one of list) if (!first.has(one.account)) first.set(one.account, lineFor(one, null));
      const held = await inParallel([...first.values()], AT_ONCE, claimOne);
      const now = new Map(held.map((one) => [one.registration.account, one]));
      return list.flatMap(({ account }) => now.get(account) ?? []);
    },
    replace: (changes) =>
      inParallel(changes, AT_ONCE, async ({ held, next }) => {
        const { account } = held.registration;
        if (next.account !== account) return false;
        let text = "";
        return changeOne(
          held,
          (line, { names, values, ...condition }) => {
            ({ text } = lineFor(next, line.text));
            return client.send(
              new UpdateItemCommand({
                TableName,
                Key: keyOf(account),
                UpdateExpression: "SET #line = :next",
                ExpressionAttributeNames: names,
                ExpressionAttributeValues: { ...values, ":next": { S: text } },
                ...condition,
              }),
            );
          },
          (now) => now?.line?.S === text,
        );
      }),
    remove: (list) =>
      inParallel(list, AT_ONCE, (held) =>
        changeOne(
          held,
          (_, { names, values, ...condition }) =>
            client.send(
              new DeleteItemCommand({
                TableName,
                Key: keyOf(held.registration.account),
                ExpressionAttributeNames: names,
                ExpressionAttributeValues: values,
                ...condition,
              }),
            ),
          (now) => now === undefined,
        ),
      ),
    deletions: async () =>
      (await scan(DELETION))
        .map(({ record }) => JSON.parse(record?.S ?? "null") as DeletionRecord)
        .sort((a, b) => (a.deleted < b.deleted ? -1 : 1)),
    keepDeletion: async (record) => {
      const Item = { key: { S: DELETION + record.id }, record: { S: JSON.stringify(record) } };
      const put = new PutItemCommand({
        ...{ TableName, Item },
        ConditionExpression: "attribute_not_exists(#key)",
        ExpressionAttributeNames: { "#key": "key" },
      });
      await named(client.send(put)).catch((error: unknown) => {
        if (!(error instanceof ConditionalCheckFailedException)) throw error;
      });
    },
    // The client is its maker's to close.
    close: () => Promise.resolve(),
  };
}

/** That a line reads as it did. */
interface Condition {
  readonly names: Record<string, string>;
  readonly values: Record<string, AttributeValue>;
  readonly ConditionExpression: string;
  readonly ReturnValuesOnConditionCheckFailure: "ALL_OLD";
}

function unchanged({ text }: Line): Condition {
  return {
    names: { "#line": "line" },
    values: { ":line": { S: text } },
    ConditionExpression: "#line = :line",
    ReturnValuesOnConditionCheckFailure: "ALL_OLD",
  };
}

function keyOf(account: string): Record<"key", AttributeValue> {
  return { key: { S: ACCOUNT + account } };
}

type Reading =
  { readonly line: Line; readonly fault?: undefined } | { readonly fault: string; readonly line?: undefined };

/** The line of an item, or what is wrong with it and where. */
function readingOf({ key, line }: Item): Reading {
  const account = (key?.S ?? "").slice(ACCOUNT.length);
  const text = line?.S ?? "";
  const { roles, rejects } = readTenants(text, { name: account, format: "ndjson" });
  const [registration, second] = roles;
  if (rejects[0] !== undefined) return { fault: `account ${account}: ${rejects[0].reason}` };
  if (registration === undefined || second !== undefined) return { fault: `account ${account}: not one line` };
  if (registration.account !== account) return { fault: `account ${account}: the line is another account's` };
  return { line: { text, held: { registration, revision: revisionOf(text) } } };
}

function readable(item: Item, table: string): Line {
  const { line, fault } = readingOf(item);
  if (line === undefined) throw unreadable(table, [fault]);
  return line;
}

function unreadable(table: string, [first = "", ...others]: readonly string[]): Error {
  const more = others.length > 0 ? ` (and ${others.length} more)` : "";
  return mistake(`the DynamoDB table ${table}, ${first}${more}`, "mend the item first: nothing was changed");
}

function byAccount(a: Held, b: Held): number {
  return a.registration.account < b.registration.account ? -1 : 1;
}

/** The registrations in the table of this name. Region, credentials and endpoint are the SDK's own to find. */
export function openDynamoRegistrations(table: string): Registrations {
  const client = new DynamoDBClient({ maxAttempts: ATTEMPTS });
  return {
    ...dynamodbRegistrations(client, table),
    close: () => {
      client.destroy();
      return Promise.resolve();
    },
  };
}
