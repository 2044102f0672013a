import { randomBytes } from "node:crypto";
import { readFile } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { S3Client } from "@aws-sdk/client-s3";
import { SNSClient } from "@aws-sdk/client-sns";
import type { OnboardingWorld } from "../src/api/route.ts";
import { verifyingBy } from "../src/api/verify-now.ts";
import { loadDesk, type DeskConfig } from "../src/config/desk.ts";
import { mistake } from "../src/config/mistake.ts";
import { DETECTORS } from "../src/detectors/index.ts";
import type { Post } from "../src/pipeline/deliver.ts";
import type { World } from "../src/pipeline/ingest.ts";
import { report } from "../src/pipeline/report.ts";
import type { Desk } from "../src/pipeline/tenancy/desk.ts";
import { openDesk } from "../src/pipeline/tenancy/open.ts";
import type { Purging } from "../src/pipeline/tenancy/purge.ts";
import { signerWith } from "../src/pipeline/tenancy/sign.ts";
import { openSts } from "../src/pipeline/verify/sts.ts";
import type { VerifyWorld } from "../src/pipeline/verify/verify-all.ts";
import { liveSettings } from "../src/pipeline/live-settings.ts";
import { settingsOf, type Settings, type SettingsMade } from "../src/pipeline/settings.ts";
import { topicsOn, worldOn } from "../src/pipeline/world.ts";
import { openDynamoStore } from "../src/stores/dynamodb/open.ts";
import { openDynamoOutbox } from "../src/stores/outbox/dynamodb.ts";
import type { Outbox } from "../src/stores/outbox/outbox.ts";
import { sqliteOutbox } from "../src/stores/outbox/sqlite.ts";
import { openDynamodbPurge } from "../src/stores/purge/dynamodb.ts";
import type { Purge } from "../src/stores/purge/purge.ts";
import { sqlitePurge } from "../src/stores/purge/sqlite.ts";
import { folderQuarantine } from "../src/stores/quarantine/folder.ts";
import type { Quarantine } from "../src/stores/quarantine/quarantine.ts";
import { s3Quarantine } from "../src/stores/quarantine/s3.ts";
import { openDynamoRate } from "../src/stores/rate/dynamodb.ts";
import { memoryRate } from "../src/stores/rate/memory.ts";
import type { Rate } from "../src/stores/rate/rate.ts";
import { sqliteStore } from "../src/stores/sqlite.ts";
import type { Store } from "../src/stores/store.ts";
import { withoutPath } from "../src/trail/arn.ts";
import { once } from "./once.ts";

type Env = Readonly<Record<string, string | undefined>>;

/**
 * The world of the function that reads: this file alone reads the environment and makes clients. `DEPUTYWATCH_CONFIG` is
 * the configuration's path in the function's package, `DEPUTYWATCH_MEMORY` where its memory is (`dynamodb:TABLE`, or a
 * file on a mounted file system), `DEPUTYWATCH_OUTBOX` where alerts wait to be told (`sqlite:FILE` or `dynamodb:TABLE`),
 * `DEPUTYWATCH_QUARANTINE` where the unreadable waits for a person (`s3://BUCKET/PREFIX`, or a folder). Endpoints,
 * region and credentials are the AWS SDK's own variables.
 */
export async function connect(env: Env): Promise<World> {
  const { settings, renewal } = await settingsIn(env);
  const clients = { s3: new S3Client({ followRegionRedirects: true }), sns: new SNSClient() };
  const lasting = {
    store: memoryAt(required(env, "DEPUTYWATCH_MEMORY")),
    outbox: outboxNamed(required(env, "DEPUTYWATCH_OUTBOX")),
    quarantine: quarantineNamed(required(env, "DEPUTYWATCH_QUARANTINE"), clients.s3),
  };
  return worldOn(clients, settings, lasting, Date.now, renewal);
}

/** The world of the function that tells: of the above, the configuration and the outbox. */
export async function connectPost(env: Env): Promise<Post> {
  const { settings, renewal } = await settingsIn(env);
  const outbox = outboxNamed(required(env, "DEPUTYWATCH_OUTBOX"));
  const live = liveSettings(settings, renewal, Date.now);
  return { outbox, channels: topicsOn(new SNSClient(), live), now: Date.now };
}

/** What STS has no answer to after so long, it has not answered. */
const CALL_MS = 10_000;

/**
 * The world of the function that asks customers' roles: of the above, the configuration, the memory and the outbox.
 * `DEPUTYWATCH_VERIFY_THROUGH` is the outbound role to enter first; where it is empty the function's own role is it.
 */
export async function connectVerify(env: Env): Promise<VerifyWorld> {
  const { settings } = await settingsIn(env);
  const config = await deskIn(env);
  const probes = await probesIn(env, settings);
  // Opened last: where the outbound role lets nobody in, the next run begins anew, and leaves nothing open behind it.
  return { ...(await deskOn(config, env, settings)), ...probes };
}

/**
 * The world of the function that customers call: the desk. `DEPUTYWATCH_RATE` is where it is counted how often each tenant
 * comes (`dynamodb:TABLE`; `memory:` where there is one worker), `DEPUTYWATCH_TENANT_CLAIM` the token's claim that names
 * the tenant; where it is left out, `tenant`. Roles are asked as by `connectVerify`.
 */
export async function connectOnboarding(env: Env): Promise<OnboardingWorld> {
  const { settings } = await settingsIn(env);
  const config = await deskIn(env);
  const rate = rateNamed(required(env, "DEPUTYWATCH_RATE"), config.requestsPerMinute);
  const desk = await deskOn(config, env, settings);
  // Where the outbound role lets nobody in, customers can still be registered.
  const probes = once(() => probesIn(env, settings));
  const verify: OnboardingWorld["verify"] = async (registration) =>
    verifyingBy({ ...desk, ...(await probes()) })(registration);
  const { DEPUTYWATCH_TENANT_CLAIM: claim = "" } = env;
  return { desk, overlapMs: config.overlapMs, verify, rate, claim: claim === "" ? "tenant" : claim };
}

/** How customers' roles are asked: as the outbound role, or through it. */
async function probesIn(
  env: Env,
  { vendor }: Settings,
): Promise<Pick<VerifyWorld, "sts" | "random" | "sleep" | "sessionNames">> {
  const through = env.DEPUTYWATCH_VERIFY_THROUGH ?? "";
  const outbound = [...vendor.outboundRoles.values()].filter(
    ({ arn }) => through === "" || withoutPath(arn) === withoutPath(through),
  );
  const sts = await openSts({
    ...{ through: through === "" ? null : through, homeRegion: env.AWS_REGION ?? "us-east-1" },
    ...{ timeoutMs: CALL_MS, now: Date.now },
  });
  return {
    ...{ sts: sts.assume, random: Math.random, sleep: (ms, signal) => sleep(ms, undefined, { signal }) },
    sessionNames: outbound.length === 1 ? (outbound[0]?.sessionNames ?? null) : null,
  };
}

/** The world of the function that ends what is over: the desk, memory and outbox to be purged, and who signs for it. */
export async function connectPurge(env: Env): Promise<{ readonly desk: Desk; readonly purging: Purging }> {
  const { settings } = await settingsIn(env);
  const config = await deskIn(env);
  if (config.signingKey === null) throw mistake("no key signs deletion records", "add onboarding.signingKey");
  const purging = {
    purges: purgesOf(required(env, "DEPUTYWATCH_MEMORY"), required(env, "DEPUTYWATCH_OUTBOX")),
    ...{ sign: signerWith(config.signingKey), afterMs: config.purgeAfterMs },
  };
  return { desk: await deskOn(config, env, settings), purging };
}

/** Memory and outbox may lie in one file. Of two kinds of place at once nothing is known here. */
function purgesOf(memory: string, outbox: string): readonly Purge[] {
  const tables = { memory: tableIn(memory), outbox: tableIn(outbox) };
  if (tables.memory !== undefined && tables.outbox !== undefined)
    return [openDynamodbPurge({ memory: tables.memory, outbox: tables.outbox })];
  const outboxFile = fileIn(outbox);
  if (tables.memory === undefined && outboxFile !== undefined)
    return [...new Set([memory, outboxFile])].map((file) => sqlitePurge(file));
  throw mistake("memory and outbox are kept in different kinds of places", "purge each with `tenants purge`");
}

async function deskIn(env: Env): Promise<DeskConfig> {
  return loadDesk(required(env, "DEPUTYWATCH_CONFIG"), { env, readFile: (path) => readFile(path, "utf8") });
}

/** The desk where customers are registered, whose alerts go where all alerts go. */
function deskOn(config: DeskConfig, env: Env, settings: Settings): Promise<Desk> {
  const store = memoryAt(required(env, "DEPUTYWATCH_MEMORY"));
  const outbox = outboxNamed(required(env, "DEPUTYWATCH_OUTBOX"));
  return openDesk(config, { report: (incidents) => report(incidents, { settings, store, outbox }), now: Date.now });
}

async function settingsIn(env: Env): Promise<SettingsMade> {
  const configPath = required(env, "DEPUTYWATCH_CONFIG");
  const source = { configPath, nowMs: Date.now(), env, spareKey: randomBytes(32), unattended: true };
  const made = await settingsOf(source, DETECTORS);
  const { settings, warnings } = made;
  for (const warning of warnings) process.stdout.write(`${JSON.stringify({ warning })}\n`);
  if (settings.socTopicArn === null)
    throw mistake("the configuration names no channels.soc.topic: nobody would be told");
  return made;
}

function tableIn(place: string): string | undefined {
  return /^dynamodb:(.+)$/.exec(place)?.[1];
}

function fileIn(place: string): string | undefined {
  return /^sqlite:(.+)$/.exec(place)?.[1];
}

function memoryAt(place: string): Store {
  const table = tableIn(place);
  return table === undefined ? sqliteStore(place) : openDynamoStore(table);
}

function outboxNamed(name: string): Outbox {
  const [file, table] = [fileIn(name), tableIn(name)];
  if (file !== undefined) return sqliteOutbox(file);
  if (table !== undefined) return openDynamoOutbox(table);
  throw mistake(`DEPUTYWATCH_OUTBOX names no outbox: ${name}`, "write sqlite:FILE or dynamodb:TABLE");
}

/** What a list of 10,000 accounts costs at once. */
const BURST = 100;

function rateNamed(name: string, perMinute: number): Rate {
  const table = tableIn(name);
  if (table !== undefined) return openDynamoRate(table, { perMinute, burst: BURST });
  if (name === "memory:") return memoryRate({ perMinute, burst: BURST });
  throw mistake(`DEPUTYWATCH_RATE names no place: ${name}`, "write dynamodb:TABLE, or memory: for a worker by itself");
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
