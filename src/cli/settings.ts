import { randomBytes } from "node:crypto";
import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { DateTime } from "luxon";
import { escapeText } from "../alerts/escape.ts";
import { durationMs } from "../config/duration.ts";
import { loadConfig } from "../config/load.ts";
import { mistake } from "../config/mistake.ts";
import type { Detector } from "../detectors/detector.ts";
import { settingsFrom, type Settings } from "../pipeline/settings.ts";
import { memoryStore } from "../stores/memory.ts";
import { sqliteStore } from "../stores/sqlite.ts";
import type { Store } from "../stores/store.ts";
import type { Terminal } from "./terminal.ts";

const DEFAULT_CONFIG = "deputywatch.yaml";
/** Loads the configuration that was named, else the current folder's, else none; warnings go to stderr. */
export async function configured(
  file: string | undefined,
  terminal: Terminal,
  detectors: readonly Detector[],
): Promise<Settings> {
  const path = file ?? (existsSync(DEFAULT_CONFIG) ? DEFAULT_CONFIG : undefined);
  const loaded =
    path === undefined
      ? null
      : await loadConfig(path, {
          nowMs: terminal.now(),
          env: terminal.env,
          detectorIds: detectors.map(({ id }) => id),
          readFile: (name) => readFile(name, "utf8"),
        });
  if (loaded === null)
    terminal.err("no configuration: judging only what needs no knowledge of the vendor (--config)\n");
  for (const warning of loaded?.warnings ?? []) terminal.err(`warning: ${escapeText(warning)}\n`);
  return settingsFrom(loaded, detectors, randomBytes(32));
}

/** A moment given on the command line, in epoch milliseconds; null where none was given. Throws a mistake. */
export function inTime(option: string, text: string | undefined, nowMs: number): number | null {
  if (text === undefined) return null;
  const agoMs = durationMs(text);
  if (agoMs !== null) return nowMs - agoMs;
  const moment = /^\d{4}-/.test(text) ? DateTime.fromISO(text, { zone: "utc" }) : DateTime.invalid("not a date");
  if (!moment.isValid) {
    throw mistake(
      `${option} ${text} is no time: ${moment.invalidExplanation ?? "neither a date nor a duration"}`,
      "write 2026-11-20, 2026-11-20T10:00Z, or 24h for 24 hours ago",
    );
  }
  return moment.toMillis();
}

/** Opens the store that `--memory` names. Throws a mistake for a name that is none. */
export function openStore(name: string): Store {
  if (name === "memory:") return memoryStore();
  const file = /^sqlite:(.+)$/.exec(name)?.[1];
  if (file !== undefined) return sqliteStore(file);
  throw mistake(`--memory ${name} names no store`, "write memory: or sqlite:FILE");
}
