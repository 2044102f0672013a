import { open, readFile, rename, stat } from "node:fs/promises";
import { basename } from "node:path";
import { mistake } from "../../config/mistake.ts";
import type { DeletionRecord } from "../../tenants/deletion.ts";
import { readTenants } from "../../tenants/read.ts";
import type { Registration } from "../../tenants/tenant.ts";
import { lineOf, OWN_FIELDS } from "../../tenants/write.ts";
import { locked } from "./lock.ts";
import { revisionOf, type Held, type Registrations } from "./registrations.ts";

/**
 * Registrations in the NDJSON file that detection reads. Each change rewrites it beside itself and renames, under a lock:
 * a reader sees the one or the other whole, and a crash loses nothing that was acknowledged. Fields that are not ours stay
 * as they are. Rejects with a mistake where a line cannot be read: a registry is not guessed at.
 */
export function fileRegistrations(path: string): Registrations {
  const deletionsPath = `${path.replace(/\.ndjson$/, "")}.deletions.ndjson`;
  const changing = <T>(change: (book: Book) => { readonly answer: T; readonly lines: readonly Line[] }): Promise<T> =>
    locked(path, async () => {
      const book = await readBook(path);
      const { answer, lines } = change(book);
      if (lines !== book.lines) await replaceFile(path, lines.map(({ text }) => `${text}\n`).join(""));
      return answer;
    });

  return {
    all: async () => (await readBook(path)).lines.map(({ held }) => held),
    of: async (account) => onlyHeld(await readBook(path), account, path),
    claim: (list) =>
      changing((book) => {
        const added = new Map<string, Line>();
        const answer = list.map((registration) => {
          const { account } = registration;
          const held = onlyHeld(book, account, path) ?? added.get(account)?.held;
          if (held !== undefined) return held;
          const line = lineFor(registration, null);
          added.set(account, line);
          return line.held;
        });
        return { answer, lines: added.size === 0 ? book.lines : [...book.lines, ...added.values()] };
      }),
    replace: (changes) =>
      changing((book) => {
        const answer = changes.map(({ held, next }) => isCurrent(book, held) && isSame(held, next));
        const done = changes.filter((_, at) => answer[at]);
        const nextOf = new Map(done.map(({ held, next }) => [held.registration.account, next]));
        const lines = book.lines.map((line) => {
          const next = nextOf.get(line.held.registration.account);
          return next === undefined ? line : lineFor(next, line);
        });
        return { answer, lines: done.length === 0 ? book.lines : lines };
      }),
    remove: (list) =>
      changing((book) => {
        const answer = list.map((held) => isCurrent(book, held));
        const gone = new Set(list.filter((_, at) => answer[at]).map(({ registration }) => registration.account));
        const lines = book.lines.filter((line) => !gone.has(line.held.registration.account));
        return { answer, lines: gone.size === 0 ? book.lines : lines };
      }),
    deletions: async () => (await readRecords(deletionsPath)).toSorted((a, b) => (a.deleted < b.deleted ? -1 : 1)),
    keepDeletion: (record) =>
      locked(path, async () => {
        const known = await readRecords(deletionsPath);
        if (known.some(({ id }) => id === record.id)) return;
        await replaceFile(deletionsPath, [...known, record].map((one) => `${JSON.stringify(one)}\n`).join(""));
      }),
    close: () => Promise.resolve(),
  };
}

/** A line of the file, and what it says. */
interface Line {
  readonly text: string;
  readonly held: Held;
}

interface Book {
  readonly lines: readonly Line[];
  readonly byAccount: ReadonlyMap<string, readonly Line[]>;
}

async function readBook(path: string): Promise<Book> {
  const text = (await textOf(path)) ?? "";
  const texts = text
    .replace(/^\uFEFF/, "")
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "");
  const { roles, rejects } = readTenants(texts.join("\n"), { name: basename(path), format: "ndjson" });
  const [reject] = rejects;
  if (reject !== undefined) {
    const more = rejects.length > 1 ? ` (and ${rejects.length - 1} more)` : "";
    throw mistake(`${reject.where}: ${reject.reason}${more}`, "mend the line first: nothing was changed");
  }
  // Nothing was rejected, so each line is a role.
  const lines = roles.map((registration, at): Line => {
    const line = texts[at] ?? "";
    return { text: line, held: { registration, revision: revisionOf(line) } };
  });
  return { lines, byAccount: Map.groupBy(lines, ({ held }) => held.registration.account) };
}

/** The one registration of an account. */
function onlyHeld({ byAccount }: Book, account: string, path: string): Held | null {
  const lines = byAccount.get(account) ?? [];
  if (lines.length > 1) {
    throw mistake(
      `${basename(path)} has ${lines.length} roles in account ${account}`,
      "an account has one external ID and one role here; keep the others in a file of their own",
    );
  }
  return lines[0]?.held ?? null;
}

function isCurrent({ byAccount }: Book, { registration, revision }: Held): boolean {
  const lines = byAccount.get(registration.account) ?? [];
  return lines.length === 1 && lines[0]?.held.revision === revision;
}

function isSame({ registration }: Held, next: Registration): boolean {
  return next.account === registration.account;
}

/** The registration as a line, with what else stood in the line before. */
function lineFor(registration: Registration, before: Line | null): Line {
  const kept = before === null ? {} : (JSON.parse(before.text) as Record<string, unknown>);
  const foreign = Object.entries(kept).filter(([name]) => !OWN_FIELDS.has(name));
  const text = JSON.stringify({ ...lineOf(registration), ...Object.fromEntries(foreign) });
  return { text, held: { registration, revision: revisionOf(text) } };
}

async function readRecords(path: string): Promise<readonly DeletionRecord[]> {
  const lines = ((await textOf(path)) ?? "").split("\n").filter((line) => line !== "");
  return lines.map((line) => JSON.parse(line) as DeletionRecord);
}

/** Null where there is no such file. */
async function textOf(path: string): Promise<string | null> {
  try {
    return await readFile(path, "utf8");
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return null;
    throw error;
  }
}

async function replaceFile(path: string, text: string): Promise<void> {
  const part = `${path}.part`;
  // Who may read it is as it was: detection may run as another user.
  const mode = await stat(path).then(
    (was) => was.mode & 0o777,
    () => 0o600,
  );
  const file = await open(part, "w", mode);
  try {
    await file.chmod(mode);
    await file.writeFile(text);
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(part, path);
}
