import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import { Command, InvalidArgumentError, Option } from "commander";
import { escapeText } from "../../alerts/escape.ts";
import { FORMATS } from "../../alerts/formats/format.ts";
import { readBaseline, type Baseline } from "../../config/baseline.ts";
import { codeOf } from "../../config/key.ts";
import { mistake } from "../../config/mistake.ts";
import { SEVERITIES, type Detector } from "../../detectors/detector.ts";
import { replay } from "../../pipeline/replay.ts";
import type { Replayed, Summary } from "../../pipeline/settle.ts";
import { fileDocument, findFiles, type Found } from "../../sources/directory.ts";
import type { Document } from "../../sources/source.ts";
import { stdinDocument } from "../../sources/stdin.ts";
import { EXIT } from "../exit.ts";
import { progress } from "../progress.ts";
import { configured, openStore, timeSpan } from "../settings.ts";
import type { Terminal } from "../terminal.ts";

interface ReplayFlags {
  readonly config?: string;
  readonly since?: string;
  readonly until?: string;
  readonly format: string;
  readonly baseline?: string;
  readonly memory: string;
  readonly jobs: number;
  readonly exitCode: boolean;
}

const HELP = `
Sources may be mixed: files, folders (all trail files below), globs, and - for
standard input. Read are CloudTrail's own files, LookupEvents output, EventBridge
and CloudWatch Logs events, one document or one record a line, with or without
gzip. What cannot be read is counted and named; the rest is judged. Ctrl-C stops
reading and judges what has been read.

Without --config, deputywatch.yaml of the current folder is taken where there is
one. Without any, only what needs no knowledge of the vendor is judged: people,
changes to the trail, roles without or with reused external IDs.

Several days are judged as live: each by the days before it, up to the one that
ended a day earlier. With --baseline all are judged by what was learned before.

Examples:
  deputywatch replay ./trail --config deputywatch.yaml
  deputywatch replay 'AWSLogs/**/*.json.gz' --since 24h --format csv > alerts.csv
  zcat trail/*.json.gz | deputywatch replay - --format ndjson | jq .summary
  deputywatch replay ./today --config deputywatch.yaml --baseline baseline.json
  deputywatch replay ./today --memory sqlite:deputywatch.db --no-exit-code

Exit codes:
  0 nothing found · 1 failed · 2 bad usage or configuration · 3 nothing was read
  11 / 12 / 13 / 14 the highest severity found is low / medium / high / critical
  (0 with --no-exit-code) · 130 interrupted`;

/** `replay <source…>`: the live engine over trails of the past. */
export function replayCommand(
  terminal: Terminal,
  finish: (code: number) => void,
  detectors: readonly Detector[],
): Command {
  return new Command("replay")
    .description("run the live engine over historical trails")
    .argument("<source...>", "file, folder, glob or -")
    .option("--config <file>", "the vendor's roles, ranges and tenants")
    .option("--since <time>", "only events from this time on: 2026-11-20, 2026-11-20T10:00Z, or 24h ago as 24h")
    .option("--until <time>", "only events before this time")
    .addOption(
      new Option("--format <format>", "shape of the alerts on stdout")
        .choices(FORMATS.map(({ name }) => name))
        .default("text"),
    )
    .option("--baseline <file>", "what `learn` wrote: judge every day by it, and learn nothing from this trail")
    .option("--memory <store>", "where memory is kept: memory:, sqlite:FILE or dynamodb:TABLE", "memory:")
    .addOption(new Option("--jobs <n>", "threads that read and judge; changes no alert").argParser(positive).default(1))
    .option("--no-exit-code", "exit with 0 whatever is found")
    .addHelpText("after", HELP)
    .action(async (sources: readonly string[], flags: ReplayFlags) => {
      finish(await replaySources(sources, flags, terminal, detectors));
    });
}

async function replaySources(
  sources: readonly string[],
  flags: ReplayFlags,
  terminal: Terminal,
  detectors: readonly Detector[],
): Promise<number> {
  const nowMs = terminal.now();
  const span = timeSpan(flags, nowMs);
  const { documents, passedOver, missing } = await documentsOf(sources, terminal);
  const { settings: learning, source } = await configured(flags.config, terminal, detectors);
  const settings = { ...learning, baseline: await baselineIn(flags.baseline) };
  const store = flags.memory === "memory:" ? null : await openStore(flags.memory);
  const bar = progress(terminal, { unit: "files", total: documents.length });
  const stop = new AbortController();
  const interrupt = (): void => {
    stop.abort();
  };
  process.once("SIGINT", interrupt);
  try {
    const replayed = await replay(documents, {
      ...{ settings, source, store, nowMs, ...span },
      jobs: flags.jobs,
      signal: stop.signal,
      onProgress: bar.update,
    });
    bar.end();
    await terminal.out(shownAs(flags.format, replayed, terminal));
    for (const sentence of missing) terminal.err(`${escapeText(sentence)}\n`);
    tell(replayed.summary, passedOver, terminal);
    if (!stop.signal.aborted) return exitCode(replayed, flags.exitCode);
    terminal.err("interrupted: only what had been read by then was judged\n");
    return EXIT.interrupted;
  } finally {
    process.off("SIGINT", interrupt);
    bar.end();
    await store?.close();
  }
}

/** The baseline in a file, null where none is named. Throws a mistake where it cannot be relied on. */
async function baselineIn(file: string | undefined): Promise<Baseline | null> {
  if (file === undefined) return null;
  const text = await readFile(file, "utf8").catch((cause: unknown) => {
    throw mistake(`--baseline ${file}: cannot be read (${codeOf(cause)})`, "make it with `deputywatch learn`", cause);
  });
  return readBaseline(text, file);
}

function positive(text: string): number {
  if (!/^[1-9]\d{0,2}$/.test(text)) throw new InvalidArgumentError("Write a number from 1 to 999.");
  return Number(text);
}

/** What the command line's sources come to. */
export interface Sources {
  readonly documents: readonly Document[];
  readonly passedOver: Found["skipped"];
  /** One sentence for each source that holds nothing. */
  readonly missing: readonly string[];
}

/** A file that several sources name is one document. */
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

function shownAs(name: string, { alerts }: Replayed, { columns, colour }: Terminal): string {
  const format = FORMATS.find((known) => known.name === name);
  if (format === undefined) throw mistake(`--format ${name} names no format`);
  return format.contentFor(alerts, { columns, colour: colour.out });
}

const NAMED = 10;

/** What was not read, by name, and the summary line. */
export function tell(summary: Summary, passedOver: Sources["passedOver"], { err }: Terminal): void {
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
  if (summary.changes > 0) parts.push(`${summary.changes} changes to what a trail needs`);
  if (passedOver.length > 0) parts.push(`${passedOver.length} files passed over`);
  for (const sentence of summary.learning) err(`still learning what is usual for ${escapeText(sentence)}\n`);
  err(`${parts.join(", ")}; skipped: ${skipped.join(", ") || "none"}\n`);
}

function exitCode({ alerts, summary }: Replayed, wanted: boolean): number {
  if (summary.tally.records === 0) return EXIT.nothingRead;
  const open = alerts.filter(({ suppressed }) => suppressed === null);
  const worst = Math.max(-1, ...open.map(({ severity }) => SEVERITIES.indexOf(severity)));
  const severity = SEVERITIES[worst];
  return severity === undefined || !wanted ? EXIT.quiet : EXIT[severity];
}
