import { basename, dirname, extname, resolve } from "node:path";
import { codeOf, readKey } from "./key.ts";
import { mistake } from "./mistake.ts";
import type { VaultPlace } from "./customers.ts";
import { readConfiguration } from "./schema.ts";
import type { LoadWorld } from "./load.ts";

/** What a configuration says of how customers are registered. */
export interface DeskConfig {
  readonly registry: { readonly file: string } | { readonly table: string };
  readonly vault: VaultPlace;
  /** Seals the vault's file. */
  readonly vaultKey: Uint8Array | null;
  /** Seals secrets in Secrets Manager; null: its own key does. */
  readonly kmsKeyId: string | null;
  /** Digests external IDs. */
  readonly key: Uint8Array;
  readonly rolePrefix: string;
  /** That of the vendor's own roles. */
  readonly partition: string;
  readonly overlapMs: number;
  /** Null: no external ID is too old. */
  readonly maxAgeMs: number | null;
  readonly purgeAfterMs: number;
  /** How often each tenant may ask the API. */
  readonly requestsPerMinute: number;
  /** Signs deletion records, in PKCS#8; null where none is configured. */
  readonly signingKey: Uint8Array | null;
}

/** How customers' roles are called, and what the names are made with. */
export type Naming = Pick<DeskConfig, "key" | "rolePrefix">;

/** Of `deputywatch.yaml` what says how a customer's roles are called. Throws a mistake. */
export async function loadNaming(path: string, world: World): Promise<Naming> {
  const { configuration, name, keyAt } = await read(path, world);
  const key = await keyAt(configuration.externalIds?.key, "externalIds", "key");
  if (key === null) throw mistake(`${name} has no key for external IDs`, "add externalIds.key: env:NAME");
  return { key, rolePrefix: configuration.onboarding.roleName };
}

/**
 * Reads of `deputywatch.yaml` what registering customers needs, and nothing else: there may be no customer yet, and what
 * detection would refuse is no reason not to off-board one. Paths are relative to it. Throws a mistake.
 */
export async function loadDesk(path: string, world: World): Promise<DeskConfig> {
  const { configuration, whereIs, name, pathTo, keyAt } = await read(path, world);
  const { tenants, externalIds, onboarding, outboundRoles } = configuration;
  if (tenants === undefined) throw mistake(`${name} names no registry`, "add tenants: { file: tenants.ndjson }");
  if (externalIds === undefined) throw mistake(`${name} has no key for external IDs`, "add externalIds.key: env:NAME");
  const { vault } = externalIds;
  if (vault === undefined) {
    const hint =
      "add externalIds.vault: file:external-ids.vault and externalIds.vaultKey: env:NAME, or secretsmanager:PREFIX";
    throw mistake(`${name} does not say where external IDs are kept`, hint);
  }
  if ("file" in vault && externalIds.vaultKey === undefined) {
    throw mistake(`${whereIs(["externalIds", "vault"])}: nothing seals the file`, "add externalIds.vaultKey: env:NAME");
  }
  if (tenants.file !== undefined && [".json", ".yaml", ".yml"].includes(extname(tenants.file))) {
    const hint = "write it as NDJSON, a customer role a line";
    throw mistake(`${whereIs(["tenants", "file"])}: only an NDJSON registry can be changed by a command`, hint);
  }
  return {
    registry: tenants.file === undefined ? { table: tenants.table ?? "" } : { file: pathTo(tenants.file) },
    vault: "file" in vault ? { file: pathTo(vault.file) } : vault,
    kmsKeyId: externalIds.kmsKey ?? null,
    vaultKey: await keyAt(externalIds.vaultKey, "externalIds", "vaultKey"),
    key: (await keyAt(externalIds.key, "externalIds", "key")) ?? new Uint8Array(),
    rolePrefix: onboarding.roleName,
    partition: outboundRoles[0]?.arn.split(":")[1] ?? "aws",
    overlapMs: externalIds.overlap,
    maxAgeMs: externalIds.maxAge ?? null,
    purgeAfterMs: onboarding.purgeAfter,
    requestsPerMinute: onboarding.requestsPerMinute,
    signingKey: await keyAt(onboarding.signingKey, "onboarding", "signingKey"),
  };
}

type World = Pick<LoadWorld, "env" | "readFile">;

async function read(path: string, world: World) {
  const text = await world.readFile(path).catch((cause: unknown) => {
    throw mistake(
      `the configuration ${path} cannot be read (${codeOf(cause)})`,
      "name another one with --config",
      cause,
    );
  });
  const { configuration, whereIs } = readConfiguration(text, path);
  const name = basename(path);
  const pathTo = (file: string): string => resolve(dirname(path), file);
  const keyAt = async (reference: string | undefined, ...at: readonly string[]): Promise<Uint8Array | null> => {
    const readFile = (file: string): Promise<string> => world.readFile(pathTo(file));
    return reference === undefined ? null : readKey(reference, whereIs(at), { env: world.env, readFile });
  };
  return { configuration, whereIs, name, pathTo, keyAt };
}
