import { readFile, writeFile } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import { Command } from "commander";
import { baselineText } from "../../config/baseline.ts";
import { codeOf } from "../../config/key.ts";
import { mistake } from "../../config/mistake.ts";
import { proposedConfiguration, type Given } from "../../config/propose.ts";
import type { Detector } from "../../detectors/detector.ts";
import { learn, type Lesson } from "../../pipeline/learn.ts";
import { proposalOf } from "../../pipeline/propose.ts";
import { EXIT } from "../exit.ts";
import { progress } from "../progress.ts";
import { configured, timeSpan } from "../settings.ts";
import type { Terminal } from "../terminal.ts";
import { documentsOf, interruptible, tellRead } from "../sources.ts";

interface LearnFlags {
  readonly out: string;
  readonly config?: string;
  readonly proposal?: string;
  readonly since?: string;
  readonly until?: string;
}

const HELP = `
Writes two things. The baseline (--out) is what is usual for each outbound role: how
many customers' roles it enters, how often, and how it names its sessions. The
proposal (--proposal, else stdout) is a deputywatch.yaml to review: callers, regions,
session names, schedules and addresses, each line with its counts in a comment; what
was seen and is not proposed, because it alarmed, was rare or was done by a person,
stands in comments too. What --config says already is kept as it is.

Learn from whole days, a fortnight or more: rates are judged from three days on, names
from ten, and a month knows each hour of the week. End with a whole day (--until).

Without outbound roles in the configuration the sources are read twice: first to find
the roles that enter accounts of others. Name the tenants, so that these are known.

Examples:
  deputywatch learn ./trail --out baseline.json > deputywatch.proposed.yaml
  deputywatch learn ./trail --config deputywatch.yaml --until 2026-11-20 \\
      --out baseline.json --proposal deputywatch.proposed.yaml
  deputywatch replay ./today --config deputywatch.yaml --baseline baseline.json

Exit codes:
  0 learned · 1 failed · 2 bad usage or configuration · 3 nothing was read, or
  nothing in it that could be learned from · 130 interrupted, and nothing written`;

/** `learn <source…>`: a baseline, and a configuration to review, from trails of the past. */
export function learnCommand(
  terminal: Terminal,
  finish: (code: number) => void,
  detectors: readonly Detector[],
): Command {
  return new Command("learn")
    .description("learn what is usual from historical trails, and propose a configuration")
    .argument("<source...>", "file, folder, glob or -")
    .requiredOption("--out <file>", "where the baseline is written, for `replay --baseline`")
    .option("--proposal <file>", "where the proposed configuration is written; without it, to stdout")
    .option("--config <file>", "what is known of the vendor already: kept, and completed")
    .option("--since <time>", "only events from this time on: 2026-11-20, 2026-11-20T10:00Z, or 30d ago as 30d")
    .option("--until <time>", "only events before this time")
    .addHelpText("after", HELP)
    .action(async (sources: readonly string[], flags: LearnFlags) => {
      finish(await learnSources(sources, flags, terminal, detectors));
    });
}

async function learnSources(
  sources: readonly string[],
  flags: LearnFlags,
  terminal: Terminal,
  detectors: readonly Detector[],
): Promise<number> {
  const nowMs = terminal.now();
  const span = timeSpan(flags, nowMs);
  const read = await documentsOf(sources, terminal);
  const without = "looking for the roles that enter accounts of others (--config)";
  const { settings, source } = await configured(flags.config, terminal, detectors, without);
  const { configPath } = source;
  if (flags.proposal !== undefined && configPath !== null && resolve(flags.proposal) === resolve(configPath))
    throw mistake(`--proposal ${flags.proposal}: is the configuration itself`, "name another file, to compare the two");
  const twice = settings.vendor.outboundRoles.size === 0;
  if (twice && read.documents.some(({ path }) => path === undefined)) {
    const hint = "name outboundRoles in the configuration, or write the trail to a file";
    throw mistake("-: standard input can be read once only, and the outbound roles are to be found first", hint);
  }
  const bar = progress(terminal, { unit: "files", total: read.documents.length });
  try {
    const { value: lesson, interrupted } = await interruptible((signal) =>
      learn(read.documents, { settings, nowMs, ...span, signal, onProgress: bar.update }),
    );
    bar.end();
    tellRead(lesson.summary, read, terminal);
    if (interrupted) {
      terminal.err("interrupted: half a trail teaches what is not so, and nothing was written\n");
      return EXIT.interrupted;
    }
    if (lesson.learned.length === 0) return nothingLearned(lesson, terminal);
    await write("--out", flags.out, baselineText(lesson.learnedFrom, lesson.learned));
    await propose(lesson, flags, configPath, terminal);
    summarise(lesson, terminal);
    return EXIT.quiet;
  } finally {
    bar.end();
  }
}

function nothingLearned({ vendor, summary }: Lesson, { err }: Terminal): number {
  if (summary.tally.records > 0) {
    const why =
      vendor.outboundRoles.size > 0
        ? "no outbound role entered a customer's account"
        : "no role entered two foreign accounts; name outboundRoles in the configuration";
    err(`nothing was learned: ${why}\n`);
  }
  return EXIT.nothingRead;
}

async function propose(
  lesson: Lesson,
  { proposal }: LearnFlags,
  configPath: string | null,
  terminal: Terminal,
): Promise<void> {
  const given: Given | null =
    configPath === null ? null : { text: await readFile(configPath, "utf8"), folder: dirname(configPath) };
  const folder = proposal === undefined ? "." : dirname(proposal);
  const text = proposedConfiguration(proposalOf(lesson), given, folder);
  if (proposal === undefined) await terminal.out(text);
  else await write("--proposal", proposal, text);
}

async function write(option: string, file: string, text: string): Promise<void> {
  await writeFile(file, text).catch((cause: unknown) => {
    throw mistake(
      `${option} ${file}: cannot be written to (${codeOf(cause)})`,
      "name a file in a folder that exists",
      cause,
    );
  });
}

function summarise({ learnedFrom, summary, surveys, alerts }: Lesson, { err }: Terminal): void {
  const { days, first, last } = learnedFrom;
  const calls = summary.calls - summary.duplicates;
  err(`learned from ${days} days, ${first ?? "?"} to ${last ?? "?"}: ${calls} calls, ${surveys.size} outbound roles\n`);
  const look = "`deputywatch replay` shows them; look at them before you trust what was learned";
  if (alerts.length > 0) err(`${alerts.length} alerts are in this trail: ${look}\n`);
}
