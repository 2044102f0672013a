import { randomBytes } from "node:crypto";
import { S3Client } from "@aws-sdk/client-s3";
import { SNSClient } from "@aws-sdk/client-sns";
import { mistake } from "../src/config/mistake.ts";
import { DETECTORS } from "../src/detectors/index.ts";
import type { World } from "../src/pipeline/ingest.ts";
import { settingsOf } from "../src/pipeline/settings.ts";
import { worldOn } from "../src/pipeline/world.ts";
import { openDynamoStore } from "../src/stores/dynamodb/open.ts";
import { sqliteStore } from "../src/stores/sqlite.ts";
import type { Store } from "../src/stores/store.ts";

/**
 * The handlers' world: this file alone reads the environment and makes clients. `DEPUTYWATCH_CONFIG` is the
 * configuration's path in the function's package, `DEPUTYWATCH_MEMORY` where its memory is: `dynamodb:TABLE`, or a file on a mounted file system.
 * Endpoints, region and credentials are the AWS SDK's own variables.
 */
export async function connect(env: Readonly<Record<string, string | undefined>>): Promise<World> {
  const source = { configPath: required(env, "DEPUTYWATCH_CONFIG"), nowMs: Date.now(), env, spareKey: randomBytes(32) };
  const { settings } = await settingsOf(source, DETECTORS);
  if (settings.socTopicArn === null)
    throw mistake("the configuration names no channels.soc.topic: nobody would be told");
  const clients = { s3: new S3Client({ followRegionRedirects: true }), sns: new SNSClient() };
  return worldOn(clients, settings, memoryAt(required(env, "DEPUTYWATCH_MEMORY")), Date.now);
}

function memoryAt(place: string): Store {
  const table = /^dynamodb:(.+)$/.exec(place)?.[1];
  return table === undefined ? sqliteStore(place) : openDynamoStore(table);
}

function required(env: Readonly<Record<string, string | undefined>>, name: string): string {
  const value = env[name];
  if (value === undefined || value === "") throw mistake(`the environment variable ${name} is not set`);
  return value;
}
