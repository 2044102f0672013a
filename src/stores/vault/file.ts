import { closeSync, openSync } from "node:fs";
import { mistake } from "../../config/mistake.ts";
import { BUSY_MS, sqliteFile, type Layout } from "../sqlite-file.ts";
import { sealWith } from "./seal.ts";
import type { Vault } from "./vault.ts";

const READER_MS = 1_000;

/** "dpwv". */
const LAYOUT: Layout = {
  noun: "vault",
  applicationId: 0x64707776,
  version: 1,
  tables: `
  CREATE TABLE sealed_by (key_id TEXT PRIMARY KEY) STRICT;
  CREATE TABLE secrets (digest TEXT PRIMARY KEY, sealed BLOB NOT NULL) STRICT, WITHOUT ROWID;`,
};

/**
 * A vault in one file, for one machine: each ID sealed by AES-256-GCM for its own digest. What is forgotten is overwritten
 * with zeros, though a copy of the file, or the disk itself, may remember. Throws a mistake where the path cannot hold it,
 * or the file was sealed with another key; an ID that does not open rejects with an error that names its digest.
 * @see https://sqlite.org/pragma.html#pragma_secure_delete
 */
export function fileVault(path: string, key: Uint8Array): Vault {
  makeOwners(path);
  const { db, working, atomically } = sqliteFile(path, LAYOUT);
  const seal = sealWith(key);
  db.exec("PRAGMA secure_delete = ON");
  atomically(() =>
    db.prepare("INSERT INTO sealed_by SELECT ? WHERE NOT EXISTS (SELECT 1 FROM sealed_by)").run(seal.keyId),
  );
  if (db.prepare("SELECT key_id FROM sealed_by").get()?.key_id !== seal.keyId) {
    db.close();
    throw mistake(`the vault ${path} was sealed with another key`, "give the key that it was made with");
  }
  const keep = db.prepare(
    "INSERT INTO secrets VALUES (?, ?) ON CONFLICT (digest) DO UPDATE SET sealed = excluded.sealed",
  );
  const read = db.prepare("SELECT sealed FROM secrets WHERE digest = ?");
  const forget = db.prepare("DELETE FROM secrets WHERE digest = ?");
  const digests = db.prepare("SELECT digest FROM secrets ORDER BY digest");

  return {
    keep: (secrets) =>
      working(() => {
        atomically(() => {
          for (const [digest, id] of secrets) keep.run(digest, seal.close(digest, id));
        });
      }),
    reveal: (digest) =>
      working(() => {
        const sealed = read.get(digest)?.sealed as Uint8Array | undefined;
        if (sealed === undefined) return null;
        try {
          return seal.open(digest, sealed);
        } catch (cause) {
          throw new Error(`the vault ${path}: what is sealed as ${digest} does not open`, { cause });
        }
      }),
    forget: (list) =>
      working(() => {
        atomically(() => {
          for (const digest of list) forget.run(digest);
        });
        // Until it is truncated the write-ahead log holds what was there before. A reader of ours is done in milliseconds.
        db.exec(`PRAGMA busy_timeout = ${READER_MS}`);
        if (db.prepare("PRAGMA wal_checkpoint(TRUNCATE)").get()?.busy !== 0) {
          throw new Error(
            `the vault ${path}: another process is at work in it, and its log may still hold what was forgotten`,
          );
        }
        db.exec(`PRAGMA busy_timeout = ${BUSY_MS}`);
      }),
    digests: () => working(() => digests.all().map((row) => row.digest as string)),
    close: () =>
      working(() => {
        db.close();
      }),
  };
}

/** A new file is its owner's alone, and so SQLite's files beside it; what is the matter with the path, SQLite says. */
function makeOwners(path: string): void {
  if (path === ":memory:") return;
  try {
    closeSync(openSync(path, "a", 0o600));
  } catch {
    return;
  }
}
