import { readBody, type Reading } from "../../src/pipeline/read.ts";
import { decodingAt } from "../../src/pipeline/settings.ts";
import { hash } from "../trail/sample-record.ts";

/** Ten in the morning of the reader's day. */
export const NOW_MS = Date.UTC(2026, 10, 25, 10);
/** Event times may run ahead of the reader by ten minutes. */
export const LATEST_MS = NOW_MS + 600_000;

/** A log file of these records as it is read, and what is wrong with its account: nothing may be lost or told twice. */
export function readRecords(records: readonly unknown[]): { readonly reading: Reading; readonly broken?: string } {
  const reading = readBody(JSON.stringify({ Records: records }), decodingAt({ digester: hash }, NOW_MS));
  const { calls, changes, uses, tally } = reading;
  const skipped = [...tally.skipped.values()].reduce((sum, count) => sum + count, 0);
  const rejected = tally.rejected.length + tally.rejectedBeyond;
  const told = calls.length + changes.length + uses.length + skipped + rejected;
  if (tally.rejected.some(({ where, reason }) => where === "" || reason === ""))
    return { reading, broken: "a record was rejected without a place or a reason" };
  if (told === records.length) return { reading };
  const sums = `${calls.length} calls, ${changes.length} changes, ${uses.length} uses, ${skipped} skipped, ${rejected} rejected`;
  return { reading, broken: `${records.length} records became ${sums}: ${JSON.stringify(records)}` };
}
