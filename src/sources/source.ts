import { setImmediate as turnOfTheLoop } from "node:timers/promises";
import { isMistake } from "../config/mistake.ts";
import { inflate } from "../trail/envelopes/gzip.ts";

/** Something that can be read once: a file, an object in a bucket, standard input. */
export interface Document {
  /** As the user knows it: a path, an `s3://` address, `-`. */
  readonly name: string;
  /** Where it is a file: its path, by which another thread can read it too. */
  readonly path?: string;
  /** Bytes as stored, compressed or not. Rejects where they cannot be had. */
  readonly read: () => Promise<Uint8Array>;
}

/** Inflated content, or why there is none; an unreadable document is a fact about it and no failure of the run. */
export type Read =
  { readonly name: string; readonly bytes: Uint8Array } | { readonly name: string; readonly reason: string };

/**
 * Reads and inflates the next `ahead` documents while the caller works on one, and yields them in their order. Holds
 * at most `ahead + 1` documents, each bounded by its source and by `INFLATION_LIMITS`.
 *
 * A file takes several steps from opening to inflating, and each needs the event loop to start the next one; a caller
 * that parses without pause would starve them, so the loop gets one turn before each document is handed over.
 */
export async function* readAhead(
  documents: Iterable<Document> | AsyncIterable<Document>,
  ahead = 2,
): AsyncGenerator<Read> {
  const started: Promise<Read>[] = [];
  for await (const document of documents) {
    started.push(readOne(document));
    if (started.length <= ahead) continue;
    await turnOfTheLoop();
    yield* started.splice(0, 1);
  }
  yield* started;
}

async function readOne({ name, read }: Document): Promise<Read> {
  try {
    const inflated = await inflate(await read());
    return inflated.ok ? { name, bytes: inflated.bytes } : { name, reason: inflated.reason };
  } catch (error) {
    return { name, reason: reasonOf(error) };
  }
}

/** By code or name only: a message may hold what nobody should read. A source's own error tells less than its cause. */
function reasonOf(error: unknown): string {
  if (isMistake(error)) return error.message;
  const { code, name } = (error instanceof Error ? (error.cause ?? error) : error) as NodeJS.ErrnoException;
  return `cannot be read (${code ?? name})`;
}
