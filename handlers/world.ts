import { randomBytes } from "node:crypto";
import { readFile } from "node:fs/promises";
import { S3Client } from "@aws-sdk/client-s3";
import { SNSClient } from "@aws-sdk/client-sns";
import type { OnboardingWorld } from "../src/api/route.ts";
import { loadDesk } from "../src/config/desk.ts";
import { mistake } from "../src/config/mistake.ts";
import { DETECTORS } from "../src/detectors/index.ts";
import type { Post } from "../src/pipeline/deliver.ts";
import type { World } from "../src/pipeline/ingest.ts";
import { report } from "../src/pipeline/report.ts";
import { settingsOf, type Settings } from "../src/pipeline/settings.ts";
import type { Desk } from "../src/pipeline/tenancy/desk.ts";
import { openDesk } from "../src/pipeline/tenancy/open.ts";
import { topicsOn, worldOn } from "../src/pipeline/world.ts";
import { openDynamoStore } from "../src/stores/dynamodb/open.ts";
import { openDynamoOutbox } from "../src/stores/outbox/dynamodb.ts";
import type { Outbox } from "../src/stores/outbox/outbox.ts";
import { sqliteOutbox } from "../src/stores/outbox/sqlite.ts";
import { folderQuarantine } from "../src/stores/quarantine/folder.ts";
import type { Quarantine } from "../src/stores/quarantine/quarantine.ts";
import { s3Quarantine } from "../src/stores/quarantine/s3.ts";
import { sqliteStore } from "../src/stores/sqlite.ts";
import type { Store } from "../src/stores/store.ts";

type Env = Readonly<Record<string, string | undefined>>;

/**
 * The world of the function that reads: this file alone reads the environment and makes clients. `DEPUTYWATCH_CONFIG` is
 * the configuration's path in the function's package, `DEPUTYWATCH_MEMORY` where its memory is (`dynamodb:TABLE`, or a
 * file on a mounted file system), `DEPUTYWATCH_OUTBOX` where alerts wait to be told (`sqlite:FILE` or `dynamodb:TABLE`),
 * `DEPUTYWATCH_QUARANTINE` where the unreadable waits for a person (`s3://BUCKET/PREFIX`, or a folder). Endpoints,
 * region and credentials are the AWS SDK's own variables.
 */
export async function connect(env: Env): Promise<World> {
  const settings = await settingsIn(env);
  const clients = { s3: new S3Client({ followRegionRedirects: true }), sns: new SNSClient() };
  const lasting = {
    store: memoryAt(required(env, "DEPUTYWATCH_MEMORY")),
    outbox: outboxNamed(required(env, "DEPUTYWATCH_OUTBOX")),
    quarantine: quarantineNamed(required(env, "DEPUTYWATCH_QUARANTINE"), clients.s3),
  };
  return worldOn(clients, settings, lasting, Date.now);
}

/** The world of the function that tells: of the above, the configuration and the outbox. */
export async function connectPost(env: Env): Promise<Post> {
  const settings = await settingsIn(env);
  const outbox = outboxNamed(required(env, "DEPUTYWATCH_OUTBOX"));
  return { outbox, channels: topicsOn(new SNSClient(), settings), now: Date.now };
}

/**
 * The desk that the configuration describes, for the functions that work at it, and how long a rotation overlaps there.
 * What the SOC should know goes into the outbox beside the memory, from where the function that tells takes it.
 */
export async function connectDesk(env: Env): Promise<{ readonly desk: Desk; readonly overlapMs: number }> {
  const settings = await settingsIn(env);
  const store = memoryAt(required(env, "DEPUTYWATCH_MEMORY"));
  const outbox = outboxNamed(required(env, "DEPUTYWATCH_OUTBOX"));
  const configPath = required(env, "DEPUTYWATCH_CONFIG");
  const config = await loadDesk(configPath, { env, readFile: (path) => readFile(path, "utf8") });
  const desk = await openDesk(config, {
    report: (incidents) => report(incidents, { settings, store, outbox }),
    now: Date.now,
  });
  return { desk, overlapMs: config.overlapMs };
}

/**
 * The world of the function that customers call: the desk, with what tries roles and what counts how often one comes.
 * `DEPUTYWATCH_TENANT_CLAIM` is the token's claim that names the tenant; where it is left out, `tenant`.
 */
export async function connectOnboarding(
  env: Env,
  parts: Pick<OnboardingWorld, "verify" | "bucket">,
): Promise<OnboardingWorld> {
  const { DEPUTYWATCH_TENANT_CLAIM: claim = "" } = env;
  return { ...(await connectDesk(env)), ...parts, claim: claim === "" ? "tenant" : claim };
}

async function settingsIn(env: Env): Promise<Settings> {
  const configPath = required(env, "DEPUTYWATCH_CONFIG");
  const source = { configPath, nowMs: Date.now(), env, spareKey: randomBytes(32), unattended: true };
  const { settings, warnings } = await settingsOf(source, DETECTORS);
  for (const warning of warnings) process.stdout.write(`${JSON.stringify({ warning })}\n`);
  if (settings.socTopicArn === null)
    throw mistake("the configuration names no channels.soc.topic: nobody would be told");
  return settings;
}

function memoryAt(place: string): Store {
  const table = /^dynamodb:(.+)$/.exec(place)?.[1];
  return table === undefined ? sqliteStore(place) : openDynamoStore(table);
}

function outboxNamed(name: string): Outbox {
  const [, kind, place = ""] = /^(sqlite|dynamodb):(.+)$/.exec(name) ?? [];
  if (kind === "sqlite") return sqliteOutbox(place);
  if (kind === "dynamodb") return openDynamoOutbox(place);
  throw mistake(`DEPUTYWATCH_OUTBOX names no outbox: ${name}`, "write sqlite:FILE or dynamodb:TABLE");
}

function quarantineNamed(name: string, s3: S3Client): Quarantine {
  const [, bucket, prefix = ""] = /^s3:\/\/([^/]+)(?:\/(.*))?$/.exec(name) ?? [];
  return bucket === undefined ? folderQuarantine(name) : s3Quarantine(s3, bucket, prefix);
}

function required(env: Env, name: string): string {
  const value = env[name];
  if (value === undefined || value === "") throw mistake(`the environment variable ${name} is not set`);
  return value;
}
