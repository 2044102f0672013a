import type { Alert } from "../../src/alerts/alert.ts";
import { replay } from "../../src/pipeline/replay.ts";
import type { Settings } from "../../src/pipeline/settings.ts";
import type { Document } from "../../src/sources/source.ts";
import type { TrailRecord } from "../../src/simulate/record.ts";

const RECORDS_A_DOCUMENT = 1_000;

/** What one pass over all records makes of them, in the memory of this process. */
export function alertsOf(records: readonly TrailRecord[], settings: Settings): Promise<readonly Alert[]> {
  const documents: Document[] = [];
  for (let start = 0; start < records.length; start += RECORDS_A_DOCUMENT) {
    const some = records.slice(start, start + RECORDS_A_DOCUMENT);
    const read = (): Promise<Buffer> => Promise.resolve(Buffer.from(JSON.stringify({ Records: some })));
    documents.push({ name: `from ${start} on`, read });
  }
  return replayed(documents, settings);
}

/** The alerts of a replay. */
export async function replayed(documents: readonly Document[], settings: Settings): Promise<readonly Alert[]> {
  const nowMs = Date.now();
  const source = { configPath: null, nowMs, env: {}, spareKey: new Uint8Array(32) };
  const { alerts } = await replay(documents, {
    ...{ settings, source, jobs: 1, store: null, nowMs, sinceMs: null, untilMs: null },
    onProgress: () => undefined,
  });
  return alerts;
}
