import { setTimeout as sleep } from "node:timers/promises";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import type { Store } from "../store.ts";
import { clientTable } from "./client-table.ts";
import { fullJitter } from "./pause.ts";
import { dynamoStore } from "./store.ts";

/** The store in the table of this name. Region, credentials and endpoint are the SDK's own to find. */
export function openDynamoStore(tableName: string): Store {
  const client = new DynamoDBClient();
  const pause = fullJitter(sleep, Math.random);
  const store = dynamoStore({ table: clientTable(client, tableName, pause), now: Date.now, pause });
  return {
    ...store,
    close: async () => {
      await store.close();
      client.destroy();
    },
  };
}
