import { spawnSync } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { writeArchive } from "./archive.ts";

const ROUNDS = 5;
const BARE = new URL("./bare.ts", import.meta.url).pathname;
const CLI = new URL("../src/cli/main.ts", import.meta.url).pathname;

interface Run {
  readonly seconds: number;
  readonly peakMiB: number;
}

/** One whole process; its peak memory as the system accounts it. */
function run(args: readonly string[]): Run {
  const report = new URL("./peak.ts", import.meta.url).pathname;
  const started = performance.now();
  const { status, stderr } = spawnSync(process.execPath, ["--import", report, ...args], { encoding: "utf8" });
  const seconds = (performance.now() - started) / 1000;
  if (status === null || status < 0 || (status > 3 && status < 11)) throw new Error(`${args.join(" ")}: ${stderr}`);
  return { seconds, peakMiB: Number(/peak (\d+) MiB/.exec(stderr)?.[1]) };
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
}

/** Runs the commands in turn, so that a machine whose speed drifts does so for all of them; medians. */
function inTurn(commands: readonly (readonly string[])[], rounds = ROUNDS): Run[] {
  const runs = commands.map((): Run[] => []);
  for (let round = 0; round <= rounds; round++) {
    // The first round warms the page cache and is not counted.
    for (const [at, command] of commands.entries()) {
      const result = run(command);
      if (round > 0) runs[at]!.push(result);
    }
  }
  return runs.map((own) => ({
    seconds: median(own.map(({ seconds }) => seconds)),
    peakMiB: median(own.map(({ peakMiB }) => peakMiB)),
  }));
}

const replayOf = (folder: string, jobs: number): string[] => [
  CLI,
  ...["replay", join(folder, "trail"), "--config", join(folder, "deputywatch.yaml")],
  ...["--jobs", String(jobs), "--format", "csv"],
];

/** Replay of a cross-account-heavy archive against a bare loop of gunzip and JSON.parse over the same files. */
export async function replayBench(print: (line: string) => void, calls = 200_000): Promise<void> {
  await withArchive({ calls, accounts: 5_000 }, (folder, { records, bytes }) => {
    const [bare, one, two] = inTurn([[BARE, join(folder, "trail")], replayOf(folder, 1), replayOf(folder, 2)]);
    print(
      `replay: ${records} records, ${Math.round(bytes / 1e6)} MB of JSON, 5,000 accounts; medians of ${ROUNDS} whole processes`,
    );
    for (const [name, own] of [
      ["gunzipSync + JSON.parse", bare],
      ["replay --jobs 1", one],
      ["replay --jobs 2", two],
    ] as const) {
      const rate = Math.round(records / own!.seconds);
      const ratio = (bare!.seconds / own!.seconds).toFixed(2);
      print(
        `  ${name.padEnd(24)} ${own!.seconds.toFixed(2)} s  ${rate} records/s  ${ratio} x bare  ${own!.peakMiB} MiB`,
      );
    }
  });
}

/** Peak memory of a replay of a million calls. */
export async function millionBench(print: (line: string) => void): Promise<void> {
  await withArchive({ calls: 1_000_000, accounts: 5_000 }, (folder, { records }) => {
    for (const jobs of [1, 2]) {
      const { seconds, peakMiB } = run(replayOf(folder, jobs));
      print(`a million calls, --jobs ${jobs}: ${records} records, ${seconds.toFixed(1)} s, peak ${peakMiB} MiB`);
    }
  });
}

type Written = Awaited<ReturnType<typeof writeArchive>>;

async function withArchive(
  { calls, accounts }: { readonly calls: number; readonly accounts: number },
  measure: (folder: string, written: Written) => void,
): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), "deputywatch-bench-"));
  try {
    measure(folder, await writeArchive(folder, { calls, accounts, mix: "cross-account", seed: 1 }));
  } finally {
    await rm(folder, { recursive: true });
  }
}

if (import.meta.main) {
  const only = process.argv[2];
  const print = (line: string): void => {
    console.log(line);
  };
  if (only === undefined || only === "replay") await replayBench(print);
  if (only === undefined || only === "million") await millionBench(print);
}
