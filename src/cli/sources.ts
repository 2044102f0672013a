import { existsSync } from "node:fs";
import { resolve } from "node:path";
import type { Alert } from "../alerts/alert.ts";
import { escapeText } from "../alerts/escape.ts";
import { suppressedBy, suppressionCovering, suppressionText, type Suppression } from "../alerts/suppress.ts";
import { mistake } from "../config/mistake.ts";
import type { Summary } from "../pipeline/settle.ts";
import { fileDocument, findFiles, type Found } from "../sources/directory.ts";
import type { Document } from "../sources/source.ts";
import { stdinDocument } from "../sources/stdin.ts";
import type { Terminal } from "./terminal.ts";

/** What a command line's sources come to. */
export interface Sources {
  readonly documents: readonly Document[];
  readonly passedOver: Found["skipped"];
  /** One sentence for each source that holds nothing. */
  readonly missing: readonly string[];
}

/** Finds what `<source…>` names; a file that several name is one document. Throws a mistake for what cannot be read yet. */
export async function documentsOf(sources: readonly string[], terminal: Terminal): Promise<Sources> {
  const documents = new Map<string, Document>();
  const passedOver: Found["skipped"][number][] = [];
  const missing: string[] = [];
  for (const source of sources) {
    if (source === "-") {
      documents.set("-", stdinDocument(terminal.stdin));
      continue;
    }
    const scheme = /^(s3|lookup|https?):/.exec(source)?.[1];
    if (scheme !== undefined) {
      const hint = "download the files and name their folder";
      throw mistake(`${source}: sources of the kind ${scheme}: are not read yet`, hint);
    }
    const { files, skipped } = await findFiles(source);
    passedOver.push(...skipped);
    for (const file of files) documents.set(resolve(file), fileDocument(file));
    if (files.length + skipped.length === 0)
      missing.push(existsSync(source) ? `no file is in ${source}` : `nothing matches ${source}`);
  }
  return { documents: [...documents.values()], passedOver, missing };
}

const NAMED = 10;

/** What was not read, by name, and the summary line. */
export function tellRead(
  summary: Summary,
  { passedOver, missing }: Omit<Sources, "documents">,
  { err }: Terminal,
): void {
  for (const sentence of missing) err(`${escapeText(sentence)}\n`);
  const { tally } = summary;
  const rejected = tally.rejected.length + tally.rejectedBeyond;
  for (const { where, reason } of tally.rejected.slice(0, NAMED))
    err(`unreadable: ${escapeText(`${where}: ${reason}`)}\n`);
  if (rejected > NAMED) err(`unreadable: ${rejected - NAMED} more\n`);
  for (const { name, reason } of passedOver.slice(0, NAMED)) err(`passed over: ${escapeText(`${name}: ${reason}`)}\n`);
  if (passedOver.length > NAMED) err(`passed over: ${passedOver.length - NAMED} more\n`);
  if (tally.records === 0) err("nothing was read: there is no CloudTrail record in any source\n");
  const skipped = [...tally.skipped].sort(([a], [b]) => (a < b ? -1 : 1)).map(([why, count]) => `${count} ${why}`);
  const parts = [
    `${summary.documents} files`,
    `${tally.records} records`,
    `${summary.calls} AssumeRole calls`,
    `${summary.duplicates} duplicates joined`,
    `${rejected} unreadable`,
  ];
  for (const [why, many] of tally.doubts) parts.push(`${many} judged with doubt (${why})`);
  if (summary.uses > 0) parts.push(`${summary.uses} other uses of watched sessions`);
  if (summary.changes > 0) parts.push(`${summary.changes} changes to a trail or to whom a role trusts`);
  if (passedOver.length > 0) parts.push(`${passedOver.length} files passed over`);
  for (const sentence of summary.learning) err(`still learning what is usual for ${escapeText(sentence)}\n`);
  err(`${parts.join(", ")}; skipped: ${skipped.join(", ") || "none"}\n`);
}

/** A line for each suppression that hides something: how many alerts, until when, and who answers for it. */
export function tellSuppressed(
  alerts: readonly Alert[],
  suppressions: readonly Suppression[],
  { err }: Terminal,
): void {
  const hidden = Map.groupBy(
    alerts.filter(({ suppressed }) => suppressed !== null),
    (alert) => suppressionCovering(alert, suppressions),
  );
  for (const [suppression, { length }] of hidden) {
    if (suppression === null) continue;
    const { reason, owner, until } = suppressedBy(suppression);
    const by = `until ${until} by ${owner}: ${reason}`;
    err(
      `suppressed: ${length === 1 ? "1 alert" : `${length} alerts`} of ${escapeText(`${suppressionText(suppression)}, ${by}`)}\n`,
    );
  }
}

/** Does long work that Ctrl-C ends early: the signal is then aborted, and what becomes of the work is its own affair. */
export async function interruptible<T>(
  work: (signal: AbortSignal) => Promise<T>,
): Promise<{ readonly value: T; readonly interrupted: boolean }> {
  const stop = new AbortController();
  const interrupt = (): void => {
    stop.abort();
  };
  process.once("SIGINT", interrupt);
  try {
    const value = await work(stop.signal);
    return { value, interrupted: stop.signal.aborted };
  } finally {
    process.off("SIGINT", interrupt);
  }
}
