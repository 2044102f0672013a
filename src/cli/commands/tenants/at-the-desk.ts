import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { loadDesk, type DeskConfig } from "../../../config/desk.ts";
import { mistake } from "../../../config/mistake.ts";
import type { Detector } from "../../../detectors/detector.ts";
import { counted } from "../../../detectors/phrase.ts";
import { openDesk } from "../../../pipeline/tenancy/open.ts";
import type { Desk } from "../../../pipeline/tenancy/desk.ts";
import { report } from "../../../pipeline/report.ts";
import type { Incident } from "../../../tenants/incident.ts";
import { configured, DEFAULT_CONFIG, openOutbox, openStore } from "../../settings.ts";
import type { Terminal } from "../../terminal.ts";

/** What every command of the desk is asked with. */
export interface DeskFlags {
  readonly config?: string;
  /** Where alerts to the SOC go: the outbox beside this memory. */
  readonly memory?: string;
}

/** What every subcommand is made with. */
export interface Making {
  readonly terminal: Terminal;
  readonly finish: (code: number) => void;
  readonly detectors: readonly Detector[];
}

/**
 * Does a command's work at the desk that the configuration describes. What the SOC should know goes into the outbox beside
 * `--memory`, from where the deployed functions or `watch` tell it; without one it is said on stderr alone.
 */
export async function atTheDesk<T>(
  flags: DeskFlags,
  { terminal, detectors }: Making,
  work: (desk: Desk, config: DeskConfig) => Promise<T>,
): Promise<T> {
  const path = flags.config ?? (existsSync(DEFAULT_CONFIG) ? DEFAULT_CONFIG : null);
  if (path === null) {
    throw mistake(
      `there is no ${DEFAULT_CONFIG} here`,
      "name the configuration with --config: it says where the registry is",
    );
  }
  const config = await loadDesk(path, { env: terminal.env, readFile: (file) => readFile(file, "utf8") });
  const tell = async (incidents: readonly Incident[]): Promise<void> => {
    if (incidents.length === 0) return;
    if (flags.memory === undefined) {
      terminal.err(
        `not told to the SOC: ${counted(incidents.length, "notice")}, because --memory names no place to leave them\n`,
      );
      return;
    }
    const { settings } = await configured(path, terminal, detectors);
    const [store, outbox] = [await openStore(flags.memory), await openOutbox(flags.memory)];
    try {
      const told = await report(incidents, { settings, store, outbox });
      terminal.err(`${counted(told, "alert")} left for the SOC\n`);
    } finally {
      await store.close();
      await outbox.close();
    }
  };
  const desk = await openDesk(config, { report: tell, now: terminal.now });
  try {
    return await work(desk, config);
  } finally {
    await desk.close();
  }
}
