import { Worker } from "node:worker_threads";
import { propertyNamed } from "../properties/list.ts";
import { check, together, type Findings } from "../properties/property.ts";

/** One thread's runs of a property. */
export interface Share {
  readonly property: string;
  readonly seed: number;
  readonly runs: number;
}

/** The machine that the card is made for has two cores. */
const THREADS = 2;
/** Fewer runs than this are done before a thread has started. */
const WORTH_A_THREAD = 400;

/** Runs a property at the seeds from `seed` on, shared out over two threads where that is worth it. */
export async function share({ property, seed, runs }: Share): Promise<Findings> {
  if (runs < WORTH_A_THREAD) return check(propertyNamed(property), seed, runs);
  const half = Math.ceil(runs / THREADS);
  const shares = Array.from({ length: THREADS }, (_, at) => ({
    property,
    seed: seed + at * half,
    runs: Math.min(half, runs - at * half),
  }));
  return together(await Promise.all(shares.map(inThread)));
}

function inThread(workerData: Share): Promise<Findings> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(new URL("./share-worker.ts", import.meta.url), { workerData });
    worker.once("message", resolve);
    worker.once("error", reject);
    worker.once("exit", (code) => {
      reject(new Error(`a thread of the property ${workerData.property} ended with code ${code} and told nothing`));
    });
  });
}
