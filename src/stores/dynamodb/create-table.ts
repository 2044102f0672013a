import {
  CreateTableCommand,
  UpdateTimeToLiveCommand,
  waitUntilTableExists,
  type DynamoDBClient,
} from "@aws-sdk/client-dynamodb";

const LONGEST_WAIT_S = 60;

/**
 * Makes a table as the store needs it: one string key, billed by request, items deleted some time after they expired.
 * For trials and tests; where there is a stack, the table is the stack's.
 */
export async function createTable(client: DynamoDBClient, name: string): Promise<void> {
  await client.send(
    new CreateTableCommand({
      TableName: name,
      BillingMode: "PAY_PER_REQUEST",
      AttributeDefinitions: [{ AttributeName: "key", AttributeType: "S" }],
      KeySchema: [{ AttributeName: "key", KeyType: "HASH" }],
    }),
  );
  await waitUntilTableExists({ client, maxWaitTime: LONGEST_WAIT_S, minDelay: 1 }, { TableName: name });
  await client.send(
    new UpdateTimeToLiveCommand({
      TableName: name,
      TimeToLiveSpecification: { AttributeName: "expires", Enabled: true },
    }),
  );
}
