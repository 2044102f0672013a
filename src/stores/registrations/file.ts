import { readFile, realpath } from "node:fs/promises";
import { basename, extname } from "node:path";
import { mistake } from "../../config/mistake.ts";
import type { DeletionRecord } from "../../tenants/deletion.ts";
import { readTenants } from "../../tenants/read.ts";
import { lineFor, type Line } from "./line.ts";
import { locked } from "./lock.ts";
import { revisionOf, type Registrations } from "./registrations.ts";
import { replaceFile } from "./replace-file.ts";

/** Formats that detection reads, and that hold more than lines. */
const DOCUMENTS = new Set([".json", ".yaml", ".yml"]);

/**
 * Registrations in the NDJSON file that detection reads. Each change rewrites it beside itself and renames, under a lock:
 * a reader sees the one or the other whole, and a crash loses nothing that was acknowledged. Fields that are not ours stay
 * as they are. Rejects with a mistake where a line cannot be read: a registry is not guessed at.
 */
export function fileRegistrations(path: string): Registrations {
  if (DOCUMENTS.has(extname(path))) {
    throw mistake(`${basename(path)} is read, and never written`, "keep the registry as NDJSON, one role a line");
  }
  const deletionsPath = `${path.replace(/\.ndjson$/, "")}.deletions.ndjson`;
  const changing = <T>(change: (book: Book) => { readonly answer: T; readonly lines: readonly Line[] }): Promise<T> =>
    underLock(path, async (real) => {
      const book = await readBook(path);
      const { answer, lines } = change(book);
      if (lines !== book.lines) await replaceFile(real, lines.map(({ text }) => `${text}\n`).join(""));
      return answer;
    });

  return {
    all: async () => (await readBook(path)).lines.map(({ held }) => held),
    ofTenant: async (tenant) =>
      (await readBook(path)).lines.map(({ held }) => held).filter(({ registration }) => registration.tenant === tenant),
    of: async (account) => (await readBook(path)).only(account)?.held ?? null,
    claim: (list) =>
      changing(({ lines, only }) => {
        const added = new Map<string, Line>();
        const answer = list.map((registration) => {
          const { account } = registration;
          const line = only(account) ?? added.get(account);
          if (line !== undefined) return line.held;
          const own = lineFor(registration, null);
          added.set(account, own);
          return own.held;
        });
        return { answer, lines: added.size === 0 ? lines : [...lines, ...added.values()] };
      }),
    replace: (changes) =>
      changing(({ lines, only }) => {
        const put = new Map<string, Line>();
        const answer = changes.map(({ held, next }) => {
          const { account } = held.registration;
          const line = put.get(account) ?? only(account);
          if (line?.held.revision !== held.revision || next.account !== account) return false;
          put.set(account, lineFor(next, line.text));
          return true;
        });
        const changed = lines.map((line) => put.get(line.held.registration.account) ?? line);
        return { answer, lines: put.size === 0 ? lines : changed };
      }),
    remove: (list) =>
      changing(({ lines, only }) => {
        const gone = new Set<string>();
        const answer = list.map(({ registration: { account }, revision }) => {
          if (gone.has(account) || only(account)?.held.revision !== revision) return false;
          gone.add(account);
          return true;
        });
        const left = lines.filter((line) => !gone.has(line.held.registration.account));
        return { answer, lines: gone.size === 0 ? lines : left };
      }),
    deletions: async () => (await readRecords(deletionsPath)).toSorted((a, b) => (a.deleted < b.deleted ? -1 : 1)),
    keepDeletion: (record) =>
      underLock(path, async () => {
        const known = await readRecords(deletionsPath);
        if (known.some(({ id }) => id === record.id)) return;
        await replaceFile(deletionsPath, [...known, record].map((one) => `${JSON.stringify(one)}\n`).join(""));
      }),
    close: () => Promise.resolve(),
  };
}

interface Book {
  readonly lines: readonly Line[];
  /** The one line of an account. Throws a mistake where it has several, which are not ours to change. */
  readonly only: (account: string) => Line | undefined;
}

async function readBook(path: string): Promise<Book> {
  const text = ((await textOf(path)) ?? "").replace(/^\uFEFF/, "");
  const { roles, rejects } = readTenants(text, { name: basename(path), format: "ndjson" });
  const [reject] = rejects;
  if (reject !== undefined) {
    const more = rejects.length > 1 ? ` (and ${rejects.length - 1} more)` : "";
    throw mistake(`${reject.where}: ${reject.reason}${more}`, "mend the line first: nothing was changed");
  }
  // Nothing was rejected, so each line that is not blank is a role.
  const texts = text.split("\n").flatMap((line) => line.trim() || []);
  const lines = roles.map((registration, at): Line => {
    const line = texts[at] ?? "";
    return { text: line, held: { registration, revision: revisionOf(line) } };
  });
  const byAccount = Map.groupBy(lines, ({ held }) => held.registration.account);
  return {
    lines,
    only: (account) => {
      const own = byAccount.get(account) ?? [];
      if (own.length <= 1) return own[0];
      throw mistake(
        `${basename(path)} has ${own.length} roles in account ${account}`,
        "an account has one external ID and one role here; keep the others in a file of their own",
      );
    },
  };
}

async function readRecords(path: string): Promise<readonly DeletionRecord[]> {
  const lines = ((await textOf(path)) ?? "").split("\n");
  return lines.flatMap((line, at) => {
    if (line.trim() === "") return [];
    try {
      return [JSON.parse(line) as DeletionRecord];
    } catch {
      // The parser's own message would quote the line.
      throw mistake(`${basename(path)}:${at + 1}: not JSON`, "mend the line first: nothing was changed");
    }
  });
}

/** By whatever name the file is reached, its lock is the same; `work` is given the name that is no link. */
async function underLock<T>(path: string, work: (real: string) => Promise<T>): Promise<T> {
  const real = (await absentAsNull(realpath(path))) ?? path;
  return locked(real, () => work(real));
}

/** Null where there is no such file. */
function textOf(path: string): Promise<string | null> {
  return absentAsNull(readFile(path, "utf8"));
}

async function absentAsNull<T>(asked: Promise<T>): Promise<T | null> {
  try {
    return await asked;
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return null;
    throw error;
  }
}
