import { Command, Option } from "commander";
import { escapeText } from "../../alerts/escape.ts";
import { FORMATS } from "../../alerts/formats/format.ts";
import { mistake } from "../../config/mistake.ts";
import { SEVERITIES, type Detector } from "../../detectors/detector.ts";
import { replay, type Replayed, type Summary } from "../../pipeline/replay.ts";
import { fileDocument, findFiles } from "../../sources/directory.ts";
import type { Document } from "../../sources/source.ts";
import { stdinDocument } from "../../sources/stdin.ts";
import { EXIT } from "../exit.ts";
import { progress } from "../progress.ts";
import { configured, inTime, openStore } from "../settings.ts";
import type { Terminal } from "../terminal.ts";

interface ReplayFlags {
  readonly config?: string;
  readonly since?: string;
  readonly until?: string;
  readonly format: string;
  readonly memory: string;
  readonly exitCode: boolean;
}

const HELP = `
Sources may be mixed: files, folders (all trail files below), globs, and - for standard input. Read are CloudTrail's
own files, LookupEvents output, EventBridge and CloudWatch Logs events, one document or one record a line, with or
without gzip. What cannot be read is counted and named; the rest is judged.

Without --config, deputywatch.yaml of the current folder is taken where there is one. Without any, only what needs no
knowledge of the vendor is judged: people, changes to the trail, roles without or with reused external IDs.`;

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
    .option("--memory <store>", "where memory is kept: memory: or sqlite:FILE", "memory:")
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
  const sinceMs = inTime("--since", flags.since, terminal.now());
  const untilMs = inTime("--until", flags.until, terminal.now());
  if (sinceMs !== null && untilMs !== null && sinceMs >= untilMs) {
    throw mistake("--since is not before --until, so no event could be between them");
  }
  const settings = await configured(flags.config, terminal, detectors);
  const { documents, skipped, unmatched } = await documentsOf(sources, terminal);
  const store = openStore(flags.memory);
  const bar = progress(terminal, { unit: "files", total: documents.length });
  try {
    const replayed = await replay(documents, {
      settings,
      store,
      nowMs: terminal.now(),
      sinceMs,
      untilMs,
      onProgress: bar.update,
    });
    bar.end();
    const format = FORMATS.find(({ name }) => name === flags.format);
    await terminal.out(
      format?.contentFor(replayed.alerts, { columns: terminal.columns, colour: terminal.colour.out }) ?? "",
    );
    for (const source of unmatched) terminal.err(`nothing matches ${escapeText(source)}\n`);
    tell(replayed.summary, skipped, terminal);
    return exitCode(replayed, flags.exitCode);
  } finally {
    bar.end();
    await store.close();
  }
}

interface Sources {
  readonly documents: readonly Document[];
  readonly skipped: readonly { readonly name: string; readonly reason: string }[];
  readonly unmatched: readonly string[];
}

async function documentsOf(sources: readonly string[], terminal: Terminal): Promise<Sources> {
  const documents = new Map<string, Document>();
  const skipped: { name: string; reason: string }[] = [];
  const unmatched: string[] = [];
  for (const source of sources) {
    if (source === "-") {
      documents.set("-", stdinDocument(terminal.stdin));
      continue;
    }
    const scheme = /^(s3|lookup|https?):/.exec(source)?.[1];
    if (scheme !== undefined) {
      throw mistake(
        `${source}: sources of the kind ${scheme}: are not read yet`,
        "download the files and name their folder",
      );
    }
    const found = await findFiles(source);
    skipped.push(...found.skipped);
    if (found.files.length === 0) unmatched.push(source);
    for (const file of found.files) documents.set(file, fileDocument(file));
  }
  return { documents: [...documents.values()], skipped, unmatched };
}

const NAMED = 10;

/** The summary line, and by name what was not read. */
function tell(summary: Summary, passedOver: Sources["skipped"], terminal: Terminal): void {
  const { tally } = summary;
  const rejected = tally.rejected.length + tally.rejectedBeyond;
  for (const { where, reason } of tally.rejected.slice(0, NAMED)) {
    terminal.err(`unreadable: ${escapeText(where)}: ${escapeText(reason)}\n`);
  }
  if (rejected > NAMED) terminal.err(`unreadable: ${rejected - NAMED} more\n`);
  for (const { name, reason } of passedOver.slice(0, NAMED))
    terminal.err(`passed over: ${escapeText(name)}: ${reason}\n`);
  if (passedOver.length > NAMED) terminal.err(`passed over: ${passedOver.length - NAMED} more\n`);
  const skipped = [...tally.skipped]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([reason, count]) => `${count} ${reason}`);
  const parts = [
    `${summary.documents} files`,
    `${tally.records} records`,
    `${summary.calls} AssumeRole calls`,
    `${summary.duplicates} duplicates joined`,
    `${rejected} unreadable`,
  ];
  if (summary.changes > 0) parts.push(`${summary.changes} changes to what a trail needs`);
  if (passedOver.length > 0) parts.push(`${passedOver.length} files passed over`);
  terminal.err(`${parts.join(", ")}; skipped: ${skipped.join(", ") || "none"}\n`);
}

function exitCode({ alerts, summary }: Replayed, wanted: boolean): number {
  if (summary.tally.records === 0) return EXIT.nothingRead;
  const open = alerts.filter(({ suppressed }) => suppressed === null);
  const worst = Math.max(-1, ...open.map(({ severity }) => SEVERITIES.indexOf(severity)));
  const severity = SEVERITIES[worst];
  return severity === undefined || !wanted ? EXIT.quiet : EXIT[severity];
}
