import { parentPort } from "node:worker_threads";
import { judgeEstate, type Held } from "./judge-estate.ts";
import { scoresOf, type Score } from "./score.ts";

/** What a thread answers for one estate. */
export interface Answer {
  readonly seed: number;
  readonly records: number;
  readonly seconds: number;
  readonly scores: readonly Score[];
}

parentPort?.on("message", (held: Held) => {
  void answer(held);
});

async function answer(held: Held): Promise<void> {
  const started = performance.now();
  const judgement = await judgeEstate(held);
  const scores = scoresOf(judgement);
  const seconds = (performance.now() - started) / 1000;
  parentPort?.postMessage({ seed: held.seed, records: judgement.records, seconds, scores } satisfies Answer);
}
