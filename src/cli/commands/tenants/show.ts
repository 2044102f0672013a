import { escapeJson, escapeText } from "../../../alerts/escape.ts";
import { mistake } from "../../../config/mistake.ts";
import type { Registration } from "../../../tenants/tenant.ts";
import { lineOf } from "../../../tenants/write.ts";

export const FORMATS = ["text", "ndjson", "json"] as const;
export type DeskFormat = (typeof FORMATS)[number];

/** What stands where an external ID would: that there is one, and nothing of it. */
export const MASKED = "********";

/** Rows as a table, as a list, or one a line; what a customer chose to be called is escaped. */
export function shown(rows: readonly Readonly<Record<string, unknown>>[], format: DeskFormat): string {
  if (format === "ndjson") return rows.map((row) => `${escapeJson(JSON.stringify(row))}\n`).join("");
  if (format === "json") return `${escapeJson(JSON.stringify(rows, null, 2))}\n`;
  return tableOf(rows);
}

function tableOf(rows: readonly Readonly<Record<string, unknown>>[]): string {
  const [first] = rows;
  if (first === undefined) return "";
  const names = Object.keys(first);
  const lines = [names.map(heading), ...rows.map((row) => names.map((name) => cellText(row[name])))];
  const widths = names.map((_, at) => Math.max(...lines.map((line) => (line[at] ?? "").length)));
  return lines
    .map(
      (line) =>
        `${line
          .map((cell, at) => cell.padEnd(widths[at] ?? 0))
          .join("  ")
          .trimEnd()}\n`,
    )
    .join("");
}

function heading(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => ` ${letter}`).toUpperCase();
}

function cellText(value: unknown): string {
  if (value === null || value === undefined) return "-";
  return escapeText(typeof value === "string" ? value : JSON.stringify(value));
}

/** A registration for a person: its digests say nothing to one. */
export function rowOf(registration: Registration): Readonly<Record<string, unknown>> {
  const {
    tenant,
    account,
    roleArn,
    status,
    since,
    externalIdSince = null,
    previousUntil,
    verified = null,
  } = lineOf(registration);
  const externalId = registration.externalId === null ? null : MASKED;
  const days = { since, externalIdSince, previousUntil, verified };
  const short = Object.entries(days).map(([name, time]) => [name, typeof time === "string" ? time.slice(0, 16) : null]);
  return { tenant, account, status, roleArn, externalId, ...(Object.fromEntries(short) as object) };
}

/** Account numbers from the command line. */
export function accountsIn(texts: readonly string[]): readonly string[] {
  const wrong = texts.find((text) => !/^\d{12}$/.test(text));
  // Not quoted: it may be an external ID, pasted into the wrong place.
  if (wrong !== undefined) throw mistake("an account number has twelve digits", "such as 111122223333");
  return [...new Set(texts)];
}
