import type { Call, ControlEvent, Use } from "../trail/call.ts";
import { openBytes, openText, type Opened, type S3Object } from "../trail/envelopes/open.ts";
import { decode, type DecodeOptions } from "../trail/record.ts";

/** What a body held, record by record; a tally of everything that is not judged, and why. */
export interface Reading {
  readonly calls: Call[];
  readonly changes: ControlEvent[];
  readonly uses: Use[];
  /** Objects that the body points at, to be fetched and read in turn. */
  readonly objects: S3Object[];
  readonly tally: Tally;
}

/** Everything that was read is in here, once. */
export interface Tally {
  records: number;
  /** Reason → how many. */
  readonly skipped: Map<string, number>;
  /** Why records that are judged may have been misread → how many. */
  readonly doubts: Map<string, number>;
  /** What could not be read, by place and reason; never the bytes. */
  readonly rejected: { readonly where: string; readonly reason: string }[];
  /** How many more there were than are listed. */
  rejectedBeyond: number;
}

/** A trail with more faults than this is described by its first thousand. */
const LISTED_REJECTIONS = 1_000;

export function emptyTally(): Tally {
  return { records: 0, skipped: new Map(), doubts: new Map(), rejected: [], rejectedBeyond: 0 };
}

/** Opens a body, whatever envelope it came in, and decodes its records. Never throws: bodies are chosen by others. */
export function readBody(body: Uint8Array | string, options: DecodeOptions): Reading {
  const inside = typeof body === "string" ? openText(body) : openBytes(body);
  const reading: Reading = { calls: [], changes: [], uses: [], objects: [...inside.objects], tally: emptyTally() };
  aside(inside, reading.tally);
  inside.records.forEach((record, at) => {
    const decoded = decode(record, options);
    reading.tally.records++;
    if ("doubt" in decoded && decoded.doubt !== null) add(reading.tally.doubts, decoded.doubt, 1);
    switch (decoded.kind) {
      case "call":
        reading.calls.push(decoded.call);
        break;
      case "control":
        reading.changes.push(decoded.event);
        break;
      case "use":
        reading.uses.push(decoded.use);
        break;
      case "skipped":
        count(reading.tally, decoded.reason);
        break;
      case "rejected":
        reject(reading.tally, `record ${at + 1}`, decoded.reason);
    }
  });
  return reading;
}

function aside({ skipped, rejected }: Opened, tally: Tally): void {
  for (const [reason, howMany] of skipped) count(tally, reason, howMany);
  for (const { where, reason } of rejected) reject(tally, where, reason);
}

/** Counts something that is set aside on purpose. */
export function count(tally: Tally, reason: string, howMany = 1): void {
  add(tally.skipped, reason, howMany);
}

function add(into: Map<string, number>, reason: string, howMany: number): void {
  into.set(reason, (into.get(reason) ?? 0) + howMany);
}

/** Counts something that could not be read. */
export function reject(tally: Tally, where: string, reason: string): void {
  if (tally.rejected.length < LISTED_REJECTIONS) tally.rejected.push({ where, reason });
  else tally.rejectedBeyond++;
}

/** Adds one tally to another, with the name of what was read before each place. */
export function addTally(into: Tally, from: Tally, name: string): void {
  into.records += from.records;
  into.rejectedBeyond += from.rejectedBeyond;
  for (const [reason, howMany] of from.skipped) count(into, reason, howMany);
  for (const [reason, howMany] of from.doubts) add(into.doubts, reason, howMany);
  for (const { where, reason } of from.rejected)
    reject(into, [name, where].filter((part) => part !== "").join(", "), reason);
}
