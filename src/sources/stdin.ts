import { mistake } from "../config/mistake.ts";
import type { Document } from "./source.ts";

/** Bytes that standard input may hold. It is held in memory as a whole, because gzip and JSON both end at its end. */
export const STDIN_LIMIT_BYTES = 1024 ** 3;

/** Standard input, all of it, as one document named `-`. Reading more than the limit fails with the user's mistake. */
export function stdinDocument(chunks: () => AsyncIterable<Uint8Array>, limitBytes = STDIN_LIMIT_BYTES): Document {
  return { name: "-", read: () => whole(chunks(), limitBytes) };
}

async function whole(chunks: AsyncIterable<Uint8Array>, limitBytes: number): Promise<Uint8Array> {
  const taken: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of chunks) {
    length += chunk.length;
    if (length > limitBytes) {
      throw mistake(`standard input holds more than ${limitBytes} bytes`, "name the files or their folder instead");
    }
    taken.push(chunk);
  }
  return Buffer.concat(taken, length);
}
