import { setFlagsFromString } from "node:v8";
import { Worker } from "node:worker_threads";
import type { Document } from "../sources/source.ts";
import type { Store } from "../stores/store.ts";
import { gather, type GatherOptions, type Gathered } from "./gather.ts";
import { filesFrom, type FileList } from "./file-list.ts";
import type { FromWorker, Task } from "./replay-worker.ts";
import { settle, type Replayed } from "./settle.ts";
import type { SettingsSource } from "./settings.ts";

export interface ReplayOptions extends GatherOptions {
  /** Where memory outlives the replay; null: nowhere. */
  readonly store: Store | null;
  /** How many threads read and judge; one where there is too little to share. */
  readonly jobs: number;
  /** How another thread makes the same settings. */
  readonly source: SettingsSource;
}

/** Below this many files a thread takes longer to start than to do its share. */
const FILES_A_JOB = 16;

/**
 * Runs the live engine over documents of the past. With several jobs, this thread and others take one file after another
 * from the same list; each gathers in a memory of its own and all are joined in the end, so the number of jobs changes no
 * alert.
 */
export async function replay(documents: readonly Document[], options: ReplayOptions): Promise<Replayed> {
  const files = documents.flatMap(({ path }) => path ?? []);
  const jobs = Math.max(1, Math.min(options.jobs, Math.floor(files.length / FILES_A_JOB)));
  const others = documents.filter(({ path }) => path === undefined);
  if (jobs === 1) keepNurserySmall();
  const list: FileList = { files, taken: new Int32Array(new SharedArrayBuffer(4)) };
  const progress = sharedProgress(options.onProgress);
  const elsewhere = Array.from({ length: jobs - 1 }, () => gatherElsewhere(list, options, progress()));
  const here = gather(chain(filesFrom(list), others), { ...options, onProgress: progress() });
  const [own, shares] = await Promise.all([here, Promise.all(elsewhere)]);
  return settle([own, ...shares], options.settings, options.store);
}

/**
 * A replay makes much garbage that dies at once. V8 answers by growing its nursery, which costs a single thread 100 MB and
 * gains it nothing. Said as late as here, because flags that change before modules are compiled make V8 distrust its
 * compiled code; and not to several threads, of which those that start with it would never leave the cradle.
 */
function keepNurserySmall(): void {
  setFlagsFromString("--semi-space-growth-factor=1");
}

function* chain(...parts: Iterable<Document>[]): Generator<Document> {
  for (const part of parts) yield* part;
}

type OnProgress = GatherOptions["onProgress"];

/** One progress for several threads: each reports its own share, the sum is passed on. */
function sharedProgress(onProgress: OnProgress): () => OnProgress {
  const shares: [number, number][] = [];
  return () => {
    const share = shares.push([0, 0]) - 1;
    return (documents, records) => {
      shares[share] = [documents, records];
      onProgress(sum(shares.map(([done]) => done)), sum(shares.map(([, read]) => read)));
    };
  };
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}

/** Gathers in a thread of its own. Rejects when the thread dies. */
function gatherElsewhere(list: FileList, options: ReplayOptions, onProgress: OnProgress): Promise<Gathered> {
  const { nowMs, sinceMs, untilMs, source, signal } = options;
  const task: Task = { list, nowMs, sinceMs, untilMs, source };
  const entry = new URL(import.meta.url.endsWith(".ts") ? "./replay-worker.ts" : "./replay-worker.js", import.meta.url);
  return new Promise((resolve, reject) => {
    const worker = new Worker(entry, { workerData: task });
    const stop = (): void => {
      worker.postMessage("stop");
    };
    signal?.addEventListener("abort", stop, { once: true });
    worker.on("message", (message: FromWorker) => {
      if ("gathered" in message) resolve(message.gathered);
      else onProgress(message.documents, message.records);
    });
    worker.on("error", (cause) => {
      reject(new Error("a thread of the replay failed", { cause }));
    });
    worker.on("exit", (code) => {
      signal?.removeEventListener("abort", stop);
      reject(new Error(`a thread of the replay ended by itself (${code})`));
    });
  });
}
