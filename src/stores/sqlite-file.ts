import type * as Sqlite from "node:sqlite";
import { mistake } from "../config/mistake.ts";
import { promised, reasonOf } from "./memory.ts";

/** So long it is waited for another process that holds the lock. */
export const BUSY_MS = 10_000;

/** What a file is laid out for. */
export interface Layout {
  /** What it is called in an error. */
  readonly noun: string;
  /** Four letters in ASCII, in the header of every file made here: another program's database is not written into. */
  readonly applicationId: number;
  readonly version: number;
  readonly tables: string;
}

/** "dpwt". Memory and outbox are in one file, so that a machine has one thing to back up. Of the outbox only what is due is indexed. */
const MEMORY: Layout = {
  noun: "store",
  applicationId: 0x64707774,
  version: 2,
  tables: `
  CREATE TABLE cells (key TEXT PRIMARY KEY, cell TEXT NOT NULL) STRICT;
  CREATE TABLE outbox (id TEXT PRIMARY KEY, turn TEXT NOT NULL, reached INTEGER NOT NULL, due INTEGER NOT NULL,
    announced TEXT NOT NULL) STRICT;
  CREATE INDEX outbox_due ON outbox (turn) WHERE due = 1;
  CREATE TABLE told (id TEXT NOT NULL, channel TEXT NOT NULL, reached INTEGER NOT NULL,
    PRIMARY KEY (id, channel)) STRICT, WITHOUT ROWID;`,
};

/** A file of ours, open. */
export interface SqliteFile {
  readonly db: Sqlite.DatabaseSync;
  /** Does it behind a promise; an error of SQLite's names the file and says what it means. */
  readonly working: <T>(work: () => T) => Promise<T>;
  /** All of it or nothing, and nobody else in between. */
  readonly atomically: <T>(work: () => T) => T;
}

/**
 * Opens or makes a file: the one in which memory and the outbox are kept, where no other layout is named. What is committed survives a crash and a loss of
 * power, because the write-ahead log is synced at each commit. Throws a mistake where the path cannot hold it.
 * @see https://sqlite.org/wal.html
 * @see https://sqlite.org/pragma.html#pragma_synchronous
 */
export function sqliteFile(path: string, layout: Layout = MEMORY): SqliteFile {
  const db = openAt(path, layout);
  return {
    db,
    working: (work) =>
      promised(() => {
        try {
          return work();
        } catch (cause) {
          throw sqliteCode(cause) === null
            ? cause
            : new Error(`the ${layout.noun} ${path}: ${explained(cause)}`, { cause });
        }
      }),
    atomically: (work) => atomically(db, work),
  };
}

function openAt(path: string, layout: Layout): Sqlite.DatabaseSync {
  let db: Sqlite.DatabaseSync | undefined;
  try {
    db = new (loadSqlite().DatabaseSync)(path);
    db.exec(`PRAGMA busy_timeout = ${BUSY_MS}`);
    claim(db, path, layout);
    if (db.prepare("PRAGMA journal_mode = WAL").get()?.journal_mode !== "wal") {
      throw mistake(`${path || "an empty path"} cannot hold a ${layout.noun}`, "name a file on a local disk");
    }
    db.exec("PRAGMA synchronous = FULL");
    return db;
  } catch (cause) {
    db?.close();
    throw notOpened(cause, layout.noun, path);
  }
}

function notOpened(cause: unknown, noun: string, path: string): unknown {
  const code = sqliteCode(cause);
  if (code === null) return cause;
  const hint = OPENING_HINTS[code];
  const sentence = `the ${noun} ${path} cannot be opened: ${explained(cause)}`;
  return hint === undefined ? new Error(sentence, { cause }) : mistake(sentence, hint, cause);
}

/**
 * Takes the operating system's exclusive lock on a file, which is made where there is none and stays empty; null where
 * another has it. It lasts until it is given back, or the process has ended. Throws a mistake where no file can be there.
 * @see https://sqlite.org/lockingv3.html
 */
export function lockFile(path: string): (() => void) | null {
  let db: Sqlite.DatabaseSync | undefined;
  try {
    const opened = new (loadSqlite().DatabaseSync)(path, { timeout: 0 });
    db = opened;
    opened.exec("BEGIN EXCLUSIVE");
    return () => {
      opened.close();
    };
  } catch (cause) {
    db?.close();
    if (sqliteCode(cause) === BUSY) return null;
    throw notOpened(cause, "lock", path);
  }
}

/** Lays out a new file; refuses one that holds something else. */
function claim(db: Sqlite.DatabaseSync, path: string, { applicationId, version, tables: made }: Layout): void {
  atomically(db, () => {
    const { id, layout, tables } = db
      .prepare(
        `SELECT application_id AS id, user_version AS layout, (SELECT count(*) FROM sqlite_schema) AS tables
         FROM pragma_application_id, pragma_user_version`,
      )
      .get() as { id: number; layout: number; tables: number };
    if (id === applicationId && layout === version) return;
    if (id === applicationId)
      throw mistake(`${path} was written by another version`, `it has layout ${layout}, this version reads ${version}`);
    if (tables > 0) throw mistake(`${path} is another program's database`, "name a new file");
    db.exec(`${made}
             PRAGMA application_id = ${applicationId};
             PRAGMA user_version = ${version}`);
  });
}

function atomically<T>(db: Sqlite.DatabaseSync, work: () => T): T {
  db.exec("BEGIN IMMEDIATE");
  try {
    const done = work();
    db.exec("COMMIT");
    return done;
  } catch (cause) {
    try {
      db.exec("ROLLBACK");
    } catch {
      // SQLite has rolled back by itself, as it does when the disk is full; the first error is the one to tell.
    }
    throw cause;
  }
}

/** Loaded when a file is opened and not before: some versions of Node greet whoever loads it with a warning. */
function loadSqlite(): typeof Sqlite {
  const emitWarning: unknown = Reflect.get(process, "emitWarning");
  Reflect.set(process, "emitWarning", () => undefined);
  try {
    return process.getBuiltinModule("node:sqlite");
  } finally {
    Reflect.set(process, "emitWarning", emitWarning);
  }
}

const BUSY = 5;

/** Primary result codes. @see https://sqlite.org/rescode.html */
const REASONS: Readonly<Record<number, string>> = {
  [BUSY]: `another process has kept it locked for ${BUSY_MS / 1000} s`,
  8: "it may not be written",
  10: "the disk refuses to read or write",
  11: "the file is damaged",
  13: "the disk is full",
  14: "there is no such folder, or no file may be made in it",
  26: "it is not a SQLite database",
};

/** For what a user can mend by naming another path. */
const OPENING_HINTS: Readonly<Record<number, string>> = {
  8: "give this user the right to write the file and its folder",
  14: "make the folder first, and give this user the right to write into it",
  26: "name a new file, or one that this program made",
};

function sqliteCode(cause: unknown): number | null {
  return cause instanceof Error && "errcode" in cause && typeof cause.errcode === "number"
    ? cause.errcode & 0xff
    : null;
}

function explained(cause: unknown): string {
  return REASONS[sqliteCode(cause) ?? -1] ?? reasonOf(cause);
}
