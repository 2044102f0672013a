import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";

/** Something that the product wrote, as it is kept. */
export interface Surface {
  readonly name: string;
  readonly bytes: Buffer;
}

/** A surface that is text, or what a process wrote: one character a byte. */
export function textSurface(name: string, text: string, encoding: "utf8" | "latin1" = "utf8"): Surface {
  return { name, bytes: Buffer.from(text, encoding) };
}

/** What Node keeps of our own source, in a file for each of ours. */
const COMPILED = /\/node-compile-cache\/.*/;

/** All files under a folder, but for what was put there to be read; Node's cache of our source counts as one. */
export async function filesIn(folder: string, put: ReadonlySet<string>, name: string): Promise<readonly Surface[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const paths = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  const left = paths.filter((path) => !put.has(path)).sort();
  const files = Map.groupBy(left, (path) => path.replace(COMPILED, "/node-compile-cache"));
  return Promise.all(
    [...files].map(async ([path, parts]) => ({
      name: `${name}: ${path.slice(folder.length + 1)}`,
      bytes: Buffer.concat(await Promise.all(parts.map((part) => readFile(part)))),
    })),
  );
}

/** Stored values as bytes: what is compressed as it was before. */
export function valuesAsBytes(values: Iterable<unknown>): Buffer {
  const parts: Buffer[] = [];
  const add = (value: unknown): void => {
    if (value instanceof Uint8Array) parts.push(inflated(value));
    else if (Array.isArray(value)) value.forEach(add);
    else if (typeof value === "object" && value !== null) Object.values(value).forEach(add);
    else parts.push(Buffer.from(String(value)));
  };
  for (const value of values) add(value);
  return Buffer.concat(parts.flatMap((part) => [part, Buffer.from("\n")]));
}

function inflated(bytes: Uint8Array): Buffer {
  try {
    return gunzipSync(bytes);
  } catch {
    return Buffer.from(bytes);
  }
}

/** The texts in a heap snapshot: V8 writes them as JSON, and of long ones the first 1,024 characters. */
export async function heapTexts(path: string): Promise<Buffer> {
  const { strings } = JSON.parse(await readFile(path, "utf8")) as { strings: readonly string[] };
  return Buffer.from(strings.join("\n"), "latin1");
}
