import { constants } from "node:buffer";
import { readFileSync, statSync, type BigIntStats } from "node:fs";
import { glob, readdir, stat } from "node:fs/promises";
import { basename, join, sep } from "node:path";
import { mistake } from "../config/mistake.ts";
import type { Document } from "./source.ts";

/** What a pattern names on disk. Nothing found is an empty list, for the caller to judge. */
export interface Found {
  /** In the order of their delivery, as far as their names tell it. */
  readonly files: readonly string[];
  readonly skipped: readonly { readonly name: string; readonly reason: string }[];
}

/**
 * The trail files behind a file's name, a folder's (with all folders below) or a glob (`*`, `**`, `?`). A file that is
 * named is always taken; one that is come across is passed over with a reason when its name says that it is no trail.
 */
export async function findFiles(pattern: string): Promise<Found> {
  const named = await lookAt(pattern);
  if (named?.isFile() === true) return { files: [pattern], skipped: [] };
  if (named?.isDirectory() === false) return { files: [], skipped: [{ name: pattern, reason: NO_FILE }] };
  const walk: Walk = { files: new Set(), skipped: new Map(), visited: new Set() };
  if (named !== null) await visit(pattern, named, walk);
  else for (const path of await matching(pattern)) await comeAcross(path, walk);
  return {
    files: [...walk.files].sort(byDelivery),
    skipped: [...walk.skipped].map(([name, reason]) => ({ name, reason })),
  };
}

/** No text is longer in this JavaScript engine, and so no file can be read whose content is. */
const FILE_LIMIT_BYTES = constants.MAX_STRING_LENGTH;

/**
 * A file as a document. It is opened when it is read, so a file that cannot be does not stop those beside it. It is read
 * in one go: the several steps of an asynchronous reading would each wait for a turn of the loop, which a caller that
 * parses gives but once a document.
 */
export function fileDocument(
  path: string,
  { limitBytes = FILE_LIMIT_BYTES }: { readonly limitBytes?: number } = {},
): Document {
  return {
    name: path,
    path,
    read: () =>
      new Promise((resolve) => {
        const { size } = statSync(path);
        if (size > limitBytes) throw mistake(`larger than ${Math.ceil(limitBytes / 1024 ** 2)} MiB: split it`);
        resolve(readFileSync(path));
      }),
  };
}

/** A pipe that nobody writes to would be waited for, and a device may never end. */
const NO_FILE = "not a regular file; what it holds can be piped in and named -";

interface Walk {
  readonly files: Set<string>;
  readonly skipped: Map<string, string>;
  /** Folders by device and inode, so that a link to a folder above ends the walk there. */
  readonly visited: Set<string>;
}

async function visit(folder: string, { dev, ino }: BigIntStats, walk: Walk): Promise<void> {
  const identity = `${dev.toString()}:${ino.toString()}`;
  if (walk.visited.has(identity)) return;
  walk.visited.add(identity);
  const names = await namesIn(folder);
  if (names === null) walk.skipped.set(folder, "folder cannot be read");
  for (const name of names ?? []) await comeAcross(join(folder, name), walk);
}

async function comeAcross(path: string, walk: Walk): Promise<void> {
  const reason = passedOver(path);
  if (reason !== null) {
    walk.skipped.set(path, reason);
    return;
  }
  const found = await lookAt(path);
  if (found?.isDirectory() === true) await visit(path, found, walk);
  else if (found === null || found.isFile()) walk.files.add(path);
  else walk.skipped.set(path, NO_FILE);
}

/** Null where there is nothing to be seen, a link to nowhere included. */
async function lookAt(path: string): Promise<BigIntStats | null> {
  try {
    return await stat(path, { bigint: true });
  } catch {
    return null;
  }
}

async function namesIn(folder: string): Promise<string[] | null> {
  try {
    return (await readdir(folder)).sort();
  } catch {
    return null;
  }
}

async function matching(pattern: string): Promise<string[]> {
  if (!/[*?[{]/.test(pattern)) return [];
  const paths: string[] = [];
  for await (const path of glob(pattern)) paths.push(path);
  return paths.sort();
}

const NO_TRAIL = /^(?:README|LICEN[CS]E|NOTICE|CHANGELOG|SOURCE\.txt)|\.md$/i;

/**
 * By the name alone, and for what a glob found below them, by those of its folders.
 * @see https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-find-log-files.html
 */
function passedOver(path: string): string | null {
  const name = basename(path);
  const folders = path.split(sep);
  if (folders.includes("CloudTrail-Digest")) return "digest files";
  if (folders.includes("CloudTrail-Insight")) return "insights";
  if (name.startsWith(".")) return "dot file";
  return NO_TRAIL.test(name) ? "not a trail file" : null;
}

/** By the time of delivery in CloudTrail's file names, those without one last; then by path. */
function byDelivery(a: string, b: string): number {
  return compare(deliveredAt(a), deliveredAt(b)) || compare(a, b);
}

function deliveredAt(path: string): string {
  return /_(\d{8}T\d{4}Z)_/.exec(basename(path))?.[1] ?? "~";
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
