import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { dirname, extname, resolve } from "node:path";
import { readKey } from "../../../config/key.ts";
import { mistake } from "../../../config/mistake.ts";
import { readConfiguration } from "../../../config/schema.ts";
import type { Detector } from "../../../detectors/detector.ts";
import { report } from "../../../pipeline/report.ts";
import type { Desk } from "../../../pipeline/tenancy/desk.ts";
import { fileRegistrations } from "../../../stores/registrations/file.ts";
import { fileVault } from "../../../stores/vault/file.ts";
import type { Incident } from "../../../tenants/incident.ts";
import { digester } from "../../../trail/external-id.ts";
import { configured, openOutbox, openStore } from "../../settings.ts";
import type { Terminal } from "../../terminal.ts";

/** Where a desk is, as a command line says it. */
export interface DeskFlags {
  readonly config?: string;
  readonly vault?: string;
  readonly vaultKey?: string;
  /** Where alerts to the SOC go: the outbox beside this memory. */
  readonly memory?: string;
}

export interface Making {
  readonly terminal: Terminal;
  readonly detectors: readonly Detector[];
}

/** As much of the desk as a verification needs. */
export type VerifyDesk = Pick<Desk, "registrations" | "vault" | "digester" | "report" | "now">;

/** Does work at the desk, and closes it. */
export type DeskOf = <T>(flags: DeskFlags, making: Making, work: (desk: VerifyDesk) => Promise<T>) => Promise<T>;

/**
 * The desk of the registry's file that the configuration names and a vault's file. What the SOC should know goes into the
 * outbox beside `--memory`, from where the deployed functions or `watch` tell it; without one it is said on stderr alone.
 */
export const fileDesk: DeskOf = async (flags, { terminal, detectors }, work) => {
  const path = flags.config ?? "deputywatch.yaml";
  if (!existsSync(path)) throw mistake(`there is no ${path}`, "name the configuration with --config");
  const { configuration } = readConfiguration(await readFile(path, "utf8"), path);
  const { tenants, externalIds } = configuration;
  const pathTo = (file: string): string => resolve(dirname(path), file);
  if (tenants?.file === undefined || [".json", ".yaml", ".yml"].includes(extname(tenants.file))) {
    throw mistake(`${path} names no registry that can be written to`, "add tenants: { file: tenants.ndjson }");
  }
  if (externalIds === undefined) throw mistake(`${path} has no key for external IDs`, "add externalIds.key: env:NAME");
  const { vault, vaultKey } = flags;
  if (vault === undefined || vaultKey === undefined) {
    throw mistake("it is not said where external IDs are kept", "give --vault FILE and --vault-key env:NAME");
  }
  if (!existsSync(vault)) throw mistake(`--vault: there is no ${vault}`, "name the file that holds the external IDs");
  const keyWorld = { env: terminal.env, readFile: (file: string) => readFile(pathTo(file), "utf8") };
  const key = await readKey(externalIds.key, `${path} externalIds.key`, keyWorld);
  const opened = fileVault(vault, await readKey(vaultKey, "--vault-key", keyWorld));
  const registrations = fileRegistrations(pathTo(tenants.file));
  const tell = async (incidents: readonly Incident[]): Promise<void> => {
    if (incidents.length === 0 || flags.memory === undefined) return;
    const { settings } = await configured(path, terminal, detectors);
    const [store, outbox] = [await openStore(flags.memory), await openOutbox(flags.memory)];
    try {
      await report(incidents, { settings, store, outbox });
    } finally {
      await store.close();
      await outbox.close();
    }
  };
  try {
    return await work({ registrations, vault: opened, digester: digester(key), report: tell, now: terminal.now });
  } finally {
    await opened.close();
    await registrations.close();
  }
};
