import { writeFile } from "node:fs/promises";
import { parseArgs } from "node:util";
import { Worker } from "node:worker_threads";
import type { Held } from "./judge-estate.ts";
import { reportOf } from "./report.ts";
import type { Answer } from "./worker.ts";

const USAGE = `usage: npm run bench:detection -- [--seeds 101-120] [--accounts 400] [--days 28] [--jobs 2] [--ramp 3|8|15] [--json FILE]

Scores what deputywatch finds in simulated estates, and beside it what other styles of rules find in the same calls.`;

/**
 * `npm run bench:detection`: recall, false pages and what a flood does to them, on estates that are known by their seeds.
 * Whoever tunes by some seeds is judged by others.
 */
const { values } = parseArgs({
  options: {
    seeds: { type: "string", default: "101-120" },
    accounts: { type: "string", default: "400" },
    days: { type: "string", default: "28" },
    jobs: { type: "string", default: "2" },
    ramp: { type: "string" },
    json: { type: "string" },
    help: { type: "boolean", default: false },
  },
});
const seeds = seedsOf(values.seeds);
const numbers = [values.accounts, values.days, values.jobs, values.ramp ?? "0"].map(Number);
if (values.help || seeds === null || numbers.some((number) => !Number.isInteger(number) || number < 0)) {
  console.error(USAGE);
  process.exit(values.help ? 0 : 2);
}
const [accounts = 0, days = 0, jobs = 0] = numbers;
const ramp = values.ramp === undefined ? null : Number(values.ramp);
const started = performance.now();
const answers = await judgeAll(seeds.map((seed) => ({ seed, accounts, days, ramp })));
const scores = answers.flatMap((answer) => answer.scores);
const records = answers.reduce((total, answer) => total + answer.records, 0);
const minutes = ((performance.now() - started) / 60_000).toFixed(1);
console.log(
  `seeds ${values.seeds}: ${seeds.length} estates, ${accounts} accounts, ${days} days, ${records} records, ${minutes} min\n`,
);
for (const line of reportOf(scores)) console.log(line);
if (values.json !== undefined)
  await writeFile(values.json, `${JSON.stringify({ accounts, days, ramp, scores }, null, 1)}\n`);

/** `101-120`, `7`, `1,5,9-12`; null for what is none of these. */
function seedsOf(text: string): readonly number[] | null {
  const spans = text.split(",").map((span) => /^(\d{1,9})(?:-(\d{1,9}))?$/.exec(span));
  if (spans.some((span) => span === null)) return null;
  return spans.flatMap((span) => {
    const [low, high] = [Number(span?.[1]), Number(span?.[2] ?? span?.[1])];
    return Array.from({ length: Math.max(0, high - low + 1) }, (_, at) => low + at);
  });
}

/** Each thread takes the next estate when it is done with one; progress goes to stderr. */
async function judgeAll(estates: readonly Held[]): Promise<readonly Answer[]> {
  const waiting = [...estates];
  const judged: Answer[] = [];
  const work = (): Promise<void> =>
    new Promise((resolve, reject) => {
      const worker = new Worker(new URL("./worker.ts", import.meta.url));
      const next = (): void => {
        const held = waiting.shift();
        if (held !== undefined) worker.postMessage(held);
        else
          void worker.terminate().then(() => {
            resolve();
          });
      };
      worker.on("error", reject);
      worker.on("message", (answer: Answer) => {
        judged.push(answer);
        const { seed, seconds } = answer;
        console.error(
          `seed ${seed}: ${answer.records} records, ${seconds.toFixed(0)} s (${judged.length}/${estates.length})`,
        );
        next();
      });
      next();
    });
  await Promise.all(Array.from({ length: Math.min(jobs, estates.length) }, work));
  return judged.sort((a, b) => a.seed - b.seed);
}
