import { createInterface } from "node:readline";
import { writeHeapSnapshot } from "node:v8";
import { notifyFrom } from "../../../handlers/notify.ts";
import { connectPost } from "../../../handlers/world.ts";

/**
 * The notifier as a process: tells what waits in the outbox that the environment names, and writes what it then holds in
 * memory to its first argument. With a second one, the texts on its standard input, one of JSON a line, are kept and written there as well: a
 * leak that is meant to be found.
 */
const [heap = "", leakingHeap] = process.argv.slice(2);
const notify = notifyFrom(
  () => connectPost(process.env),
  (line) => process.stdout.write(`${line}\n`),
);
const untilMs = Date.now() + 120_000;
await notify({}, { getRemainingTimeInMillis: () => untilMs - Date.now() });
writeHeapSnapshot(heap);
if (leakingHeap !== undefined) {
  const leaked: string[] = [];
  for await (const line of createInterface({ input: process.stdin })) leaked.push(JSON.parse(line) as string);
  writeHeapSnapshot(leakingHeap);
  process.stdout.write(`${leaked.length} texts were kept\n`);
}
