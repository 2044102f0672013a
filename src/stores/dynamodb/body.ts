import { hash } from "node:crypto";
import { gunzipSync, gzipSync } from "node:zlib";
import type { Item, Table } from "./table.ts";

/** From here on a text is compressed. DynamoDB bills a write by the KB, and shows what is shorter in clear. */
const PLAIN_BYTES = 4_096;
/** What one item holds of a text; an item as a whole may have 400 KB. */
const PART_BYTES = 300_000;

/** A text as it is stored: in the item itself, or in further ones that it names, which are to be written first. */
export interface Packed {
  readonly content: Pick<Item, "body"> | Pick<Item, "parts">;
  readonly parts: ReadonlyMap<string, Uint8Array>;
}

/** A part's key says what is in it, so that a part that is there is the right one, whoever wrote it. */
export function pack(key: string, text: string): Packed {
  if (Buffer.byteLength(text) <= PLAIN_BYTES) return { content: { body: text }, parts: new Map() };
  const zipped = gzipSync(text);
  if (zipped.length <= PART_BYTES) return { content: { body: zipped }, parts: new Map() };
  const parts = new Map<string, Uint8Array>();
  const keys: string[] = [];
  for (let start = 0; start < zipped.length; start += PART_BYTES) {
    const part = zipped.subarray(start, start + PART_BYTES);
    const name = `${key}:${hash("sha256", part, "hex")}`;
    keys.push(name);
    parts.set(name, part);
  }
  return { content: { parts: keys }, parts };
}

/** The text of an item; what has none has the empty one. Throws an `Error` where a part is missing or damaged. */
export async function unpack({ body, parts }: Item, table: Table): Promise<string> {
  if (parts === undefined) return typeof body === "string" ? body : body === undefined ? "" : unzipped(body);
  const items = await table.read(parts);
  const bodies = parts.map((key) => {
    const part = items.get(key)?.body;
    if (part === undefined || typeof part === "string") throw new Error("a part of it is missing");
    return part;
  });
  return unzipped(Buffer.concat(bodies));
}

function unzipped(bytes: Uint8Array): string {
  return gunzipSync(bytes).toString();
}
