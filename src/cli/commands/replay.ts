import { readFile } from "node:fs/promises";
import { Command, InvalidArgumentError, Option } from "commander";
import { FORMATS } from "../../alerts/formats/format.ts";
import { readBaseline, type Baseline } from "../../config/baseline.ts";
import { codeOf } from "../../config/key.ts";
import { mistake } from "../../config/mistake.ts";
import type { Detector } from "../../detectors/detector.ts";
import { replay } from "../../pipeline/replay.ts";
import type { Replayed } from "../../pipeline/settle.ts";
import { EXIT, exitFor } from "../exit.ts";
import { progress } from "../progress.ts";
import { configured, openStore, timeSpan } from "../settings.ts";
import { documentsOf, interruptible, tellRead, tellSuppressed } from "../sources.ts";
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
  const read = await documentsOf(sources, terminal);
  const { settings: learning, source } = await configured(flags.config, terminal, detectors);
  const settings = { ...learning, baseline: await baselineIn(flags.baseline) };
  const store = flags.memory === "memory:" ? null : await openStore(flags.memory);
  const bar = progress(terminal, { unit: "files", total: read.documents.length });
  try {
    const { value: replayed, interrupted } = await interruptible(async (signal) => {
      const all = await replay(read.documents, {
        ...{ settings, source, store, nowMs, ...span },
        jobs: flags.jobs,
        signal,
        onProgress: bar.update,
      });
      bar.end();
      await terminal.out(shownAs(flags.format, all, terminal));
      return all;
    });
    tellSuppressed(replayed.alerts, settings.suppressions, terminal);
    tellRead(replayed.summary, read, terminal);
    if (!interrupted) return exitCode(replayed, flags.exitCode);
    terminal.err("interrupted: only what had been read by then was judged\n");
    return EXIT.interrupted;
  } finally {
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

function shownAs(name: string, { alerts }: Replayed, { columns, colour }: Terminal): string {
  const format = FORMATS.find((known) => known.name === name);
  if (format === undefined) throw mistake(`--format ${name} names no format`);
  return format.contentFor(alerts, { columns, colour: colour.out });
}

function exitCode({ alerts, summary }: Replayed, wanted: boolean): number {
  if (summary.tally.records === 0) return EXIT.nothingRead;
  const open = alerts.filter(({ suppressed }) => suppressed === null);
  return wanted ? exitFor(open) : EXIT.quiet;
}
