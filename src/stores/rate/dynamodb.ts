import { hash } from "node:crypto";
import {
  ConditionalCheckFailedException,
  DynamoDBClient,
  UpdateItemCommand,
  type AttributeValue,
  type CreateTableCommandInput,
} from "@aws-sdk/client-dynamodb";
import { reasonOf } from "../memory.ts";
import { ALLOWED, bucketOf, refusedUntil, type Limit, type Rate } from "./rate.ts";

/** How the table must be made, less its name. Its time-to-live attribute is `expires`; nothing in it is worth a backup. */
export const RATE_TABLE: Omit<CreateTableCommandInput, "TableName"> = {
  BillingMode: "PAY_PER_REQUEST",
  KeySchema: [{ AttributeName: "key", KeyType: "HASH" }],
  AttributeDefinitions: [{ AttributeName: "key", AttributeType: "S" }],
};

/** Who loses so many races in a row is one of very many, and may come again. */
const ATTEMPTS = 10;
const KEPT_SECONDS = 3_600;

/**
 * A rate in a DynamoDB table. An item is a name's hash and the moment at which its bucket is full again; a taking is one
 * conditional write, and a second one where somebody came just before. Items expire by themselves. Rejects with the cause
 * where the table cannot be asked: whether that lets through or not is the asker's to decide.
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/TTL.html
 */
export function dynamodbRate(client: DynamoDBClient, table: string, limit: Limit): Rate {
  const bucket = bucketOf(limit);
  const { wholeMs, beliefMs } = bucket;

  /** Null where the bucket was as the condition says, and is now written; else when it is full again, as it was found. */
  const write = async (who: string, { set, condition, values }: Write): Promise<number | null> => {
    try {
      await client.send(
        new UpdateItemCommand({
          TableName: table,
          Key: { key: { S: `rate#${hash("sha256", who, "hex")}` } },
          UpdateExpression: `SET fullMs = ${set}, expires = :expires`,
          ConditionExpression: condition,
          ExpressionAttributeValues: values,
          ReturnValuesOnConditionCheckFailure: "ALL_OLD",
        }),
      );
      return null;
    } catch (cause) {
      if (cause instanceof ConditionalCheckFailedException)
        return Number(cause.Item?.fullMs?.N ?? Number.NEGATIVE_INFINITY);
      throw new Error(`the DynamoDB table ${table}: ${reasonOf(cause)}`, { cause });
    }
  };

  return {
    take: async (who, nowMs, cost = 1) => {
      const costMs = bucket.costMs(cost);
      const reachMs = wholeMs - costMs;
      const expires = number(Math.ceil((nowMs + wholeMs) / 1_000) + KEPT_SECONDS);
      const fresh: Write = {
        set: ":next",
        condition: "attribute_not_exists(fullMs) OR fullMs <= :now OR fullMs > :belief",
        values: {
          ":next": number(nowMs + costMs),
          ":now": number(nowMs),
          ":belief": number(nowMs + beliefMs),
          ":expires": expires,
        },
      };
      const further: Write = {
        set: "fullMs + :cost",
        condition: "fullMs > :now AND fullMs <= :reach",
        values: {
          ":cost": number(costMs),
          ":now": number(nowMs),
          ":reach": number(nowMs + reachMs),
          ":expires": expires,
        },
      };
      let foundMs = nowMs;
      for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
        const found = await write(who, nowMs < foundMs && foundMs <= nowMs + reachMs ? further : fresh);
        if (found === null) return ALLOWED;
        foundMs = found;
        if (nowMs + reachMs < found && found <= nowMs + beliefMs) break;
      }
      return refusedUntil(foundMs, nowMs, reachMs);
    },
    // The client is its maker's to close.
    close: () => Promise.resolve(),
  };
}

interface Write {
  readonly set: string;
  readonly condition: string;
  readonly values: Record<string, AttributeValue>;
}

function number(value: number): AttributeValue {
  return { N: String(value) };
}

/** The rate in the table of this name. Region, credentials and endpoint are the SDK's own to find. */
export function openDynamoRate(table: string, limit: Limit): Rate {
  const client = new DynamoDBClient();
  return {
    ...dynamodbRate(client, table, limit),
    close: () => {
      client.destroy();
      return Promise.resolve();
    },
  };
}
