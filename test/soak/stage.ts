import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PutObjectCommand } from "@aws-sdk/client-s3";
import { settingsIn, type Papers } from "../../examples/live/papers.ts";
import { startStack, type Feed, type Stack } from "../../examples/live/stack.ts";
import { PAPERS } from "../../examples/vendor/papers.ts";
import type { Settings } from "../../src/pipeline/settings.ts";
import { createTable } from "../../src/stores/dynamodb/create-table.ts";
import { dynamodbOutbox, OUTBOX_TABLE } from "../../src/stores/outbox/dynamodb.ts";
import type { Outbox } from "../../src/stores/outbox/outbox.ts";
import { startDynamoDbLocal } from "../stores/dynamodb-local.ts";
import type { Errand } from "./crew.ts";

/** Everything that a soak runs on, on this machine alone. */
export interface Stage {
  readonly stack: Stack;
  readonly settings: Settings;
  /** Seen without faults. */
  readonly outbox: Outbox;
  readonly soc: Feed;
  /** Of all tenants together. */
  readonly tenants: Feed;
  /** Where workers find all this. */
  readonly places: Omit<Errand, "seed" | "life" | "ill">;
  readonly put: (objects: ReadonlyMap<string, Uint8Array>) => Promise<void>;
  readonly stop: () => Promise<void>;
}

/** Longer than a batch takes, and no longer than anybody wants to wait for what a killed worker had in hand. */
const VISIBILITY_SECONDS = 10;
/** Nothing is to end in the dead letters, however often its reader is killed. */
const RECEIVES = 1_000;

export async function openStage(papers: Papers): Promise<Stage> {
  const folder = await mkdtemp(join(tmpdir(), "soak-"));
  const [stack, dynamodb] = await Promise.all([
    startStack({ visibilitySeconds: VISIBILITY_SECONDS, receives: RECEIVES }),
    startDynamoDbLocal(),
  ]);
  const [soc, tenants] = [stack.addFeed("soc"), stack.addFeed("tenants")];
  const settings = await settingsIn(folder, papers, { socArn: soc.topicArn, arnOf: () => tenants.topicArn });
  const memory = "memory";
  await createTable(dynamodb.client, memory);
  const tables = { memory, outbox: await dynamodb.makeTable(OUTBOX_TABLE) };
  return {
    ...{ stack, settings, soc, tenants },
    outbox: dynamodbOutbox(dynamodb.client, tables.outbox),
    places: {
      endpoint: stack.endpoint,
      dynamodbEndpoint: dynamodb.endpoint,
      queueUrl: stack.trail.queueUrl,
      tables,
      configPath: join(folder, PAPERS.config),
      quarantine: join(folder, "quarantine"),
      compiled: join(folder, "compiled"),
    },
    put: async (objects) => {
      for (const [Key, Body] of objects)
        await stack.clients.s3.send(new PutObjectCommand({ Bucket: stack.bucket, Key, Body }));
    },
    stop: async () => {
      await Promise.all([stack.stop(), dynamodb.stop()]);
      await rm(folder, { recursive: true, force: true });
    },
  };
}
