import { randomBytes } from "node:crypto";
import { readFile } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { S3Client } from "@aws-sdk/client-s3";
import { SNSClient } from "@aws-sdk/client-sns";
import type { OnboardingWorld } from "../src/api/route.ts";
import { verifyingBy } from "../src/api/verify-now.ts";
import { loadDesk } from "../src/config/desk.ts";
import { readKey } from "../src/config/key.ts";
import { mistake } from "../src/config/mistake.ts";
import { DETECTORS } from "../src/detectors/index.ts";
import type { Post } from "../src/pipeline/deliver.ts";
import type { World } from "../src/pipeline/ingest.ts";
import { report } from "../src/pipeline/report.ts";
import { settingsOf, type Settings } from "../src/pipeline/settings.ts";
import type { Desk } from "../src/pipeline/tenancy/desk.ts";
import { openDesk } from "../src/pipeline/tenancy/open.ts";
import { openSts } from "../src/pipeline/verify/sts.ts";
import type { VerifyWorld } from "../src/pipeline/verify/verify-all.ts";
import { topicsOn, worldOn } from "../src/pipeline/world.ts";
import { openDynamoStore } from "../src/stores/dynamodb/open.ts";
import { openDynamoOutbox } from "../src/stores/outbox/dynamodb.ts";
import type { Outbox } from "../src/stores/outbox/outbox.ts";
import { sqliteOutbox } from "../src/stores/outbox/sqlite.ts";
import { folderQuarantine } from "../src/stores/quarantine/folder.ts";
import type { Quarantine } from "../src/stores/quarantine/quarantine.ts";
import { s3Quarantine } from "../src/stores/quarantine/s3.ts";
import { fileRegistrations } from "../src/stores/registrations/file.ts";
import { sqliteStore } from "../src/stores/sqlite.ts";
import type { Store } from "../src/stores/store.ts";
import { fileVault } from "../src/stores/vault/file.ts";
import { withoutPath } from "../src/trail/arn.ts";
import { probeMark } from "../src/trail/probe.ts";

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

/** A desk, with what the configuration says beside. */
interface Connected {
  readonly settings: Settings;
  readonly desk: Desk;
  /** How long a rotation overlaps. */
  readonly overlapMs: number;
}

/**
 * The desk that the configuration describes, for the functions that work at it. What the SOC should know goes into the
 * outbox beside the memory, from where the function that tells takes it.
 */
export async function connectDesk(env: Env): Promise<Connected> {
  const settings = await settingsIn(env);
  const store = memoryAt(required(env, "DEPUTYWATCH_MEMORY"));
  const outbox = outboxNamed(required(env, "DEPUTYWATCH_OUTBOX"));
  const configPath = required(env, "DEPUTYWATCH_CONFIG");
  const config = await loadDesk(configPath, { env, readFile: (path) => readFile(path, "utf8") });
  const desk = await openDesk(config, {
    report: (incidents) => report(incidents, { settings, store, outbox }),
    now: Date.now,
  });
  return { settings, desk, overlapMs: config.overlapMs };
}

/**
 * The world of the function that customers call: the desk, with what counts how often one comes. `DEPUTYWATCH_TENANT_CLAIM`
 * is the token's claim that names the tenant; where it is left out, `tenant`. Roles are asked as by `connectVerify`.
 */
export async function connectOnboarding(env: Env, bucket: OnboardingWorld["bucket"]): Promise<OnboardingWorld> {
  const { settings, desk, overlapMs } = await connectDesk(env);
  // Where the outbound role lets nobody in, customers can still be registered.
  const probes = once(() => probesIn(env, settings));
  const verify: OnboardingWorld["verify"] = async (registration) =>
    verifyingBy({ ...desk, ...(await probes()) })(registration);
  const { DEPUTYWATCH_TENANT_CLAIM: claim = "" } = env;
  return { desk, overlapMs, verify, bucket, claim: claim === "" ? "tenant" : claim };
}

/** What STS has no answer to after so long, it has not answered. */
const CALL_MS = 10_000;

/**
 * The world of the function that asks customers' roles: of the above, the configuration, the memory and the outbox.
 * `DEPUTYWATCH_REGISTRY` is the registry's file, `DEPUTYWATCH_VAULT` the vault's, both on a mounted file system,
 * `DEPUTYWATCH_VAULT_KEY` what the vault is sealed with (`env:NAME`), `DEPUTYWATCH_VERIFY_THROUGH` the outbound role to
 * enter first; where it is empty the function's own role is the outbound role.
 */
export async function connectVerify(env: Env): Promise<VerifyWorld> {
  const settings = await settingsIn(env);
  const { vendor, digester } = settings;
  if (!vendor.digestsComparable) throw mistake("the configuration has no key for external IDs", "add externalIds.key");
  const keyWorld = { env, readFile: (path: string) => readFile(path, "utf8") };
  const vaultKey = await readKey(required(env, "DEPUTYWATCH_VAULT_KEY"), "DEPUTYWATCH_VAULT_KEY", keyWorld);
  const probes = await probesIn(env, settings);
  // Opened last: where the outbound role lets nobody in, the next run begins anew, and leaves nothing open behind it.
  const store = memoryAt(required(env, "DEPUTYWATCH_MEMORY"));
  const outbox = outboxNamed(required(env, "DEPUTYWATCH_OUTBOX"));
  return {
    ...probes,
    ...{ digester, now: Date.now },
    registrations: fileRegistrations(required(env, "DEPUTYWATCH_REGISTRY")),
    vault: fileVault(required(env, "DEPUTYWATCH_VAULT"), vaultKey),
    report: (incidents) => report(incidents, { settings, store, outbox }),
  };
}

/** How customers' roles are asked: as the outbound role, or through it. */
async function probesIn(
  env: Env,
  { vendor, digester }: Settings,
): Promise<Pick<VerifyWorld, "sts" | "random" | "sleep" | "sessionNames">> {
  const through = env.DEPUTYWATCH_VERIFY_THROUGH ?? "";
  const outbound = [...vendor.outboundRoles.values()].filter(
    ({ arn }) => through === "" || withoutPath(arn) === withoutPath(through),
  );
  const sts = await openSts({
    ...{ through: through === "" ? null : through, homeRegion: env.AWS_REGION ?? "us-east-1" },
    ...{ timeoutMs: CALL_MS, now: Date.now, markOf: (arn) => probeMark(digester, arn, Date.now()) },
  });
  return {
    ...{ sts: sts.assume, random: Math.random },
    sleep: (ms, signal) => sleep(ms, undefined, { signal }),
    sessionNames: outbound.length === 1 ? (outbound[0]?.sessionNames ?? null) : null,
  };
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
