import { mkdir, readdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { Command, InvalidArgumentError, Option } from "commander";
import { escapeText } from "../../alerts/escape.ts";
import { codeOf } from "../../config/key.ts";
import { mistake } from "../../config/mistake.ts";
import { attacksOn, type Attack } from "../../simulate/attacks/schedule.ts";
import { recordsOfDay } from "../../simulate/day.ts";
import { deliveryOf } from "../../simulate/delivery.ts";
import { estateOf, FEWEST, firstScoredDay, type Estate } from "../../simulate/estate.ts";
import { labelling, type Label, type Labelling } from "../../simulate/label.ts";
import { awsRangesOf, configOf, estateKey, keyFileOf, PAPERS, rangesOf, tenantsOf } from "../../simulate/papers.ts";
import type { TrailRecord } from "../../simulate/record.ts";
import { DAY_MS } from "../../simulate/time.ts";
import { EXIT } from "../exit.ts";
import { progress, type Progress } from "../progress.ts";
import type { Terminal } from "../terminal.ts";

interface SimulateFlags {
  readonly out: string;
  readonly accounts: number;
  readonly days: number;
  readonly seed: number;
  readonly ramp?: string;
  readonly attacks: boolean;
}

/** A Monday that lies behind everybody, because nothing that claims to be of the future is believed. */
const START_MS = Date.parse("2026-06-01T00:00:00Z");
const MOST_ACCOUNTS = 20_000;
const MOST_DAYS = 120;
const LABELS = "labels.ndjson";

const HELP = `
Writes a vendor that never was: its trail as CloudTrail delivers it, what it knows
about itself, and what is wrong in the trail.

  DIR/trail/AWSLogs/…   the trail, and the customers' copies that are forwarded
  DIR/deputywatch.yaml  the configuration; what it leaves out is to be learned
  DIR/tenants.ndjson    the registry as of the last day, external IDs as digests
  DIR/ranges.json       the vendor's own addresses; aws-ranges.json labels others
  DIR/external-id.key   the digests' key
  DIR/labels.ndjson     one attack a line: its events, and who is right about it

The first half of the days is quiet, for learning; in the second half each attack
happens once. Deployments, fail-overs, retry storms, onboardings and customers who
delete their role happen all the time. Every seed is another vendor, and the same
options write the same bytes. Addresses and accounts are from the ranges that are
reserved for documentation.

Examples:
  deputywatch simulate --out ./estate --accounts 200 --days 14
  deputywatch replay ./estate/trail --config ./estate/deputywatch.yaml --jobs 2
  deputywatch simulate --out ./quiet --seed 7 --no-attacks

Exit codes:
  0 written · 1 failed · 2 bad usage`;

/** `simulate`: a labelled estate on disk, to try detection and one's own tools on. */
export function simulateCommand(terminal: Terminal, finish: (code: number) => void): Command {
  return new Command("simulate")
    .description("write a labelled synthetic estate, with attacks")
    .requiredOption("--out <folder>", "a new or empty folder")
    .addOption(wholeNumber("--accounts <n>", "customer accounts on the last day", FEWEST.accounts, MOST_ACCOUNTS, 2000))
    .addOption(wholeNumber("--days <n>", "days, the first half of them quiet", FEWEST.days, MOST_DAYS, 28))
    .addOption(wholeNumber("--seed <n>", "which vendor", 0, 2 ** 31 - 1, 1))
    .addOption(
      new Option("--ramp <percent>", "add an insider whose calls grow so much a day").choices(["3", "8", "15"]),
    )
    .option("--no-attacks", "quiet days only")
    .addHelpText("after", HELP)
    .action(async (flags: SimulateFlags) => {
      await simulate(flags, terminal);
      finish(EXIT.quiet);
    });
}

function wholeNumber(flags: string, description: string, least: number, most: number, standard: number): Option {
  return new Option(flags, description).default(standard).argParser((text) => {
    const value = /^\d{1,10}$/.test(text) ? Number(text) : NaN;
    if (value >= least && value <= most) return value;
    throw new InvalidArgumentError(`Write a number from ${least} to ${most}.`);
  });
}

async function simulate({ out, ramp, ...flags }: SimulateFlags, terminal: Terminal): Promise<void> {
  await refuseUnlessEmpty(out);
  const estate = estateOf({ ...flags, startMs: START_MS });
  const attacks = flags.attacks ? attacksOn(estate, { ramp: ramp === undefined ? null : Number(ramp) }) : [];
  const bar = progress(terminal, { unit: "files", total: null });
  try {
    await writePapers(out, estate);
    const labels = labelling(estate, attacks);
    const { files, records } = await writeTrail(join(out, "trail"), estate, attacks, labels, bar);
    await writeFile(join(out, LABELS), labels.labels().map(lineOf).join(""));
    bar.end();
    const quiet = attacks.length === 0 ? flags.days : firstScoredDay(estate);
    terminal.err(
      `${records} records in ${files} files, ${quiet} quiet days, ${attacks.length} attacks; find them:\n` +
        escapeText(`  deputywatch replay ${join(out, "trail")} --config ${join(out, PAPERS.config)}`) +
        "\n",
    );
  } finally {
    bar.end();
  }
}

function lineOf(label: Label): string {
  return `${JSON.stringify(label)}\n`;
}

/** What lies there already would be read as a part of the trail. */
async function refuseUnlessEmpty(folder: string): Promise<void> {
  const held = await readdir(folder).catch((cause: unknown) => {
    const code = codeOf(cause);
    if (code === "ENOENT") return [];
    throw mistake(`--out ${folder}: cannot be written to (${code})`, "name a new folder", cause);
  });
  if (held.length > 0) throw mistake(`--out ${folder}: is not empty`, "name a new folder, or remove this one");
}

async function writePapers(folder: string, estate: Estate): Promise<void> {
  const key = estateKey(estate);
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, PAPERS.config), configOf(estate));
  await writeFile(join(folder, PAPERS.tenants), tenantsOf(estate, key, estate.startMs + estate.days * DAY_MS));
  await writeFile(join(folder, PAPERS.ranges), rangesOf(estate));
  await writeFile(join(folder, PAPERS.aws), awsRangesOf(estate));
  await writeFile(join(folder, PAPERS.key), keyFileOf(key), { mode: 0o600 });
}

/** Writes five minutes of records at a time, and holds no more of them. */
async function writeTrail(
  folder: string,
  estate: Estate,
  attacks: readonly Attack[],
  labels: Labelling,
  bar: Progress,
): Promise<{ readonly files: number; readonly records: number }> {
  const folders = new Set<string>();
  let [files, records] = [0, 0];
  function* passing(): Generator<TrailRecord> {
    for (let day = 0; day < estate.days; day++) {
      for (const witnessed of recordsOfDay(estate, attacks, day)) {
        labels.note(witnessed);
        records++;
        yield witnessed.record;
      }
    }
  }
  for (const { key, body } of deliveryOf(passing())) {
    const path = join(folder, key);
    if (!folders.has(dirname(path))) {
      await mkdir(dirname(path), { recursive: true });
      folders.add(dirname(path));
    }
    await writeFile(path, body);
    bar.update(++files, records);
  }
  return { files, records };
}
