import { Command, Option } from "commander";
import { differencesOf, severityOf } from "../../alerts/difference.ts";
import { DIFFERENCE_FORMATS, type Comparison, type Side } from "../../alerts/formats/difference.ts";
import { mistake } from "../../config/mistake.ts";
import type { Detector } from "../../detectors/detector.ts";
import { replay } from "../../pipeline/replay.ts";
import type { Replayed } from "../../pipeline/settle.ts";
import type { Settings, SettingsSource } from "../../pipeline/settings.ts";
import type { Document } from "../../sources/source.ts";
import { EXIT, exitFor } from "../exit.ts";
import { progress } from "../progress.ts";
import { configured, timeSpan } from "../settings.ts";
import { documentsOf, interruptible, tellRead } from "../sources.ts";
import type { Terminal } from "../terminal.ts";

interface CompareFlags {
  readonly config?: string;
  readonly against: string;
  readonly since?: string;
  readonly until?: string;
  readonly format: string;
  readonly exitCode: boolean;
}

const HELP = `
Try a change before you make it: the sources are judged once under each of the two
configurations, and shown is what only one of them alerts of, and what both alert
of but with another severity, or suppressed by one. Alerts are matched by their id.
Sources are those of replay: files, folders, globs, and - for standard input.

Without --config, deputywatch.yaml of the current folder is taken where there is
one, and else no configuration at all.

Examples:
  deputywatch compare ./trail --config deputywatch.yaml --against proposed.yaml
  git show HEAD:deputywatch.yaml > before.yaml
  deputywatch compare ./trail --config before.yaml --against deputywatch.yaml --since 7d
  deputywatch compare ./trail --against proposed.yaml --format ndjson | jq .summary

Exit codes:
  0 no difference · 1 failed · 2 bad usage or configuration · 3 nothing was read
  11 / 12 / 13 / 14 the highest severity among the differences, whichever side they
  are on and whether or not they are suppressed, is low / medium / high / critical
  (0 with --no-exit-code) · 130 interrupted, and nothing was compared`;

/** `compare <source…>`: what would alert under one configuration and not under the other. */
export function compareCommand(
  terminal: Terminal,
  finish: (code: number) => void,
  detectors: readonly Detector[],
): Command {
  return new Command("compare")
    .description("show what would alert under one configuration and not under another")
    .argument("<source...>", "file, folder, glob or -")
    .option("--config <file>", "one configuration, as it is")
    .requiredOption("--against <file>", "the other one, as it may become")
    .option("--since <time>", "only events from this time on: 2026-11-20, 2026-11-20T10:00Z, or 24h ago as 24h")
    .option("--until <time>", "only events before this time")
    .addOption(
      new Option("--format <format>", "shape of the differences on stdout")
        .choices(DIFFERENCE_FORMATS.map(({ name }) => name))
        .default("text"),
    )
    .option("--no-exit-code", "exit with 0 whatever differs")
    .addHelpText("after", HELP)
    .action(async (sources: readonly string[], flags: CompareFlags) => {
      finish(await compareSources(sources, flags, terminal, detectors));
    });
}

async function compareSources(
  sources: readonly string[],
  flags: CompareFlags,
  terminal: Terminal,
  detectors: readonly Detector[],
): Promise<number> {
  const read = await documentsOf(sources, terminal);
  const { value, interrupted } = await interruptible((signal) =>
    judgedTwice(read.documents, flags, signal, terminal, detectors),
  );
  if (interrupted || value === null) {
    terminal.err("interrupted: nothing was compared\n");
    return EXIT.interrupted;
  }
  const { comparison, summary, comparable } = value;
  await terminal.out(shownAs(flags.format, comparison, terminal));
  tellRead(summary, read, terminal);
  if (!comparable) terminal.err(NOT_COMPARABLE);
  if (summary.tally.records === 0) return EXIT.nothingRead;
  if (!flags.exitCode) return EXIT.quiet;
  return exitFor(comparison.differences.map((difference) => ({ severity: severityOf(difference) })));
}

/** What one reading under each configuration comes to; null where `signal` ended the first. */
async function judgedTwice(
  found: readonly Document[],
  flags: CompareFlags,
  signal: AbortSignal,
  terminal: Terminal,
  detectors: readonly Detector[],
) {
  const nowMs = terminal.now();
  const span = timeSpan(flags, nowMs);
  const one = await configured(flags.config, terminal, detectors);
  const other = await configured(flags.against, terminal, detectors);
  const { config, against, comparable } = withOneKey(one.settings, other.settings);
  const documents = found.map(rereadable);
  const bar = progress(terminal, { unit: "files", total: 2 * documents.length });
  const done = { files: 0, records: 0 };
  const judged = async (settings: Settings, source: SettingsSource): Promise<Replayed> => {
    const before = { ...done };
    return replay(documents, {
      ...{ settings, source, store: null, jobs: 1, signal, nowMs, ...span },
      onProgress: (files, records) => {
        done.files = before.files + files;
        done.records = before.records + records;
        bar.update(done.files, done.records);
      },
    });
  };
  try {
    const first = await judged(config, one.source);
    if (signal.aborted) return null;
    const second = await judged(against, other.source);
    const comparison: Comparison = {
      config: sideOf(one.source, config, first),
      against: sideOf(other.source, against, second),
      differences: differencesOf(first.alerts, second.alerts),
    };
    return { comparison, summary: first.summary, comparable };
  } finally {
    bar.end();
  }
}

const NOT_COMPARABLE =
  "warning: the two configurations have different keys (externalIds.key), under which one session or one external ID has " +
  "two names: alerts about them are listed under both\n";

/**
 * Ids of alerts about one session or one external ID are made of digests. Where only one side has a key both use it, since
 * a key that nobody configured is as good as any other.
 */
function withOneKey(config: Settings, against: Settings) {
  const keyed = [config, against].filter(({ vendor }) => vendor.digestsComparable);
  const digester = (keyed[0] ?? config).digester;
  if (keyed.length < 2) {
    return { config: { ...config, digester }, against: { ...against, digester }, comparable: true };
  }
  const probe = "are these two keys one?";
  return { config, against, comparable: config.digester.externalId(probe) === against.digester.externalId(probe) };
}

/** Standard input comes once, and is kept for the second reading; a file is read anew. */
function rereadable(document: Document): Document {
  if (document.path !== undefined) return document;
  let bytes: Promise<Uint8Array> | undefined;
  return { ...document, read: () => (bytes ??= document.read()) };
}

function sideOf({ configPath }: SettingsSource, { vendor }: Settings, { alerts }: Replayed): Side {
  return { file: configPath, version: vendor.versions.config, alerts: alerts.length };
}

function shownAs(name: string, comparison: Comparison, { columns, colour }: Terminal): string {
  const format = DIFFERENCE_FORMATS.find((known) => known.name === name);
  if (format === undefined) throw mistake(`--format ${name} names no format`);
  return format.contentFor(comparison, { columns, colour: colour.out });
}
