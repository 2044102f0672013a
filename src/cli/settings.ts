import { randomBytes } from "node:crypto";
import { existsSync } from "node:fs";
import { DateTime } from "luxon";
import { escapeText } from "../alerts/escape.ts";
import { durationMs } from "../config/duration.ts";
import { mistake } from "../config/mistake.ts";
import type { Detector } from "../detectors/detector.ts";
import { settingsOf, type Settings, type SettingsSource } from "../pipeline/settings.ts";
import { memoryStore } from "../stores/memory.ts";
import { memoryOutbox } from "../stores/outbox/memory.ts";
import type { Outbox } from "../stores/outbox/outbox.ts";
import { sqliteOutbox } from "../stores/outbox/sqlite.ts";
import { sqliteStore } from "../stores/sqlite.ts";
import type { Store } from "../stores/store.ts";
import type { Terminal } from "./terminal.ts";

export const DEFAULT_CONFIG = "deputywatch.yaml";

const WITHOUT = "judging only what needs no knowledge of the vendor (--config)";

/**
 * The configuration that was named, else the current folder's, else none; warnings go to stderr, and there is one in
 * the words of `without` where there is none.
 */
export async function configured(
  file: string | undefined,
  terminal: Terminal,
  detectors: readonly Detector[],
  without = WITHOUT,
): Promise<{ readonly settings: Settings; readonly source: SettingsSource }> {
  const configPath = file ?? (existsSync(DEFAULT_CONFIG) ? DEFAULT_CONFIG : null);
  const source = { configPath, nowMs: terminal.now(), env: terminal.env, spareKey: randomBytes(32) };
  const { settings, warnings } = await settingsOf(source, detectors);
  if (configPath === null) terminal.err(`no configuration: ${without}\n`);
  for (const warning of warnings) terminal.err(`warning: ${escapeText(warning)}\n`);
  return { settings, source };
}

/** `--since` and `--until` in epoch milliseconds, null where not given. Throws a mistake where no event can be between. */
export function timeSpan(
  { since, until }: { readonly since?: string; readonly until?: string },
  nowMs: number,
): { readonly sinceMs: number | null; readonly untilMs: number | null } {
  const sinceMs = inTime("--since", since, nowMs);
  const untilMs = inTime("--until", until, nowMs);
  if (sinceMs !== null && untilMs !== null && sinceMs >= untilMs) {
    throw mistake("--since is not before --until, so no event can be between them", "swap them, or widen the span");
  }
  return { sinceMs, untilMs };
}

function inTime(option: string, text: string | undefined, nowMs: number): number | null {
  if (text === undefined) return null;
  const agoMs = durationMs(text);
  if (agoMs !== null) return nowMs - agoMs;
  const moment = /^\d{4}-/.test(text) ? DateTime.fromISO(text, { zone: "utc" }) : DateTime.invalid("not a date");
  if (!moment.isValid) {
    throw mistake(`${option} ${text} is no time`, "write 2026-11-20, 2026-11-20T10:00Z, or 24h for 24 hours ago");
  }
  return moment.toMillis();
}

/**
 * Opens the store that `--memory` names. Throws a mistake for a name that is none. The AWS SDK takes long to load, and is
 * loaded only for a table.
 */
export async function openStore(name: string): Promise<Store> {
  const { file, table } = placeNamed(name);
  if (table !== null) return (await import("../stores/dynamodb/open.ts")).openDynamoStore(table);
  return file === null ? memoryStore() : sqliteStore(file);
}

/** Opens the outbox beside that store: in the same file, or in the table of that name with `-outbox` behind it. */
export async function openOutbox(name: string): Promise<Outbox> {
  const { file, table } = placeNamed(name);
  if (table !== null) return (await import("../stores/outbox/dynamodb.ts")).openDynamoOutbox(`${table}-outbox`);
  return file === null ? memoryOutbox() : sqliteOutbox(file);
}

/** Neither file nor table: all is forgotten with the process. */
export function placeNamed(name: string): { readonly file: string | null; readonly table: string | null } {
  if (name === "memory:") return { file: null, table: null };
  const [, kind, place = ""] = /^(sqlite|dynamodb):(.+)$/.exec(name) ?? [];
  if (kind === "sqlite") return { file: place, table: null };
  if (kind === "dynamodb") return { file: null, table: place };
  throw mistake(`--memory ${name} names no store`, "write memory:, sqlite:FILE or dynamodb:TABLE");
}
