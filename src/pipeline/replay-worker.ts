import { parentPort, workerData } from "node:worker_threads";
import { DETECTORS } from "../detectors/index.ts";
import { filesFrom, type FileList } from "./file-list.ts";
import { gather, type Gathered } from "./gather.ts";
import { settingsOf, type SettingsSource } from "./settings.ts";

/** One thread's share of a replay. */
export interface Task {
  readonly list: FileList;
  readonly nowMs: number;
  readonly sinceMs: number | null;
  readonly untilMs: number | null;
  readonly source: SettingsSource;
}

/** Progress, again and again, and what was gathered, once. */
export type FromWorker = { readonly documents: number; readonly records: number } | { readonly gathered: Gathered };

/** Records between two reports: a message for each file would cost more than it tells. */
const REPORT_EVERY = 10_000;

async function work(task: Task): Promise<void> {
  const stop = new AbortController();
  parentPort?.once("message", () => {
    stop.abort();
  });
  let reported = 0;
  const { settings } = await settingsOf(task.source, DETECTORS);
  const gathered = await gather(filesFrom(task.list), {
    ...task,
    settings,
    signal: stop.signal,
    onProgress: (documents, records) => {
      if (records - reported < REPORT_EVERY) return;
      reported = records;
      tell({ documents, records });
    },
  });
  tell({ gathered });
  parentPort?.close();
}

function tell(message: FromWorker): void {
  parentPort?.postMessage(message);
}

await work(workerData as Task);
