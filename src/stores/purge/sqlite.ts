import { alertWithout } from "../../alerts/forget.ts";
import type { CellKind } from "../../memory/cell.ts";
import { forgotten, type Names } from "../../memory/forget.ts";
import type { Announcement } from "../outbox/outbox.ts";
import { sqliteFile } from "../sqlite-file.ts";
import type { Purge } from "./purge.ts";

/** Rows that are read and written in one transaction: others wait for no more than these. */
const AT_ONCE = 500;

/**
 * Purges the file in which a machine's memory and outbox are, and writes it anew: neither the file nor its write-ahead log
 * holds the names afterwards. That needs as much room again for a moment, and others wait.
 * @see https://sqlite.org/lang_vacuum.html
 */
export function sqlitePurge(path: string): Purge {
  return async (names) => {
    const { db, working, atomically } = sqliteFile(path);
    const table = (read: string, write: string, remove: string, left: Left) => {
      const page = db.prepare(`${read} LIMIT ${AT_ONCE}`);
      const [writing, removing] = [db.prepare(write), db.prepare(remove)];
      let changed = 0;
      for (let after = ""; ;) {
        const rows = atomically(() => {
          const some = page.all(after) as unknown as readonly Row[];
          for (const { key, text } of some) {
            const kept = left(key, text);
            if (kept === text) continue;
            changed++;
            if (kept === undefined) removing.run(key);
            else writing.run(kept, key);
          }
          return some;
        });
        const last = rows.at(-1);
        if (last === undefined) return changed;
        after = last.key;
      }
    };
    try {
      return await working(() => {
        const cells = table(
          "SELECT key, cell AS text FROM cells WHERE key > ? ORDER BY key",
          "UPDATE cells SET cell = ? WHERE key = ?",
          "DELETE FROM cells WHERE key = ?",
          (key, text) => cellLeft(key, text, names),
        );
        const alerts = table(
          "SELECT id AS key, announced AS text FROM outbox WHERE id > ? ORDER BY id",
          "UPDATE outbox SET announced = ? WHERE id = ?",
          "DELETE FROM outbox WHERE id = ?",
          (_, text) => announcementLeft(text, names),
        );
        const channels = db.prepare("SELECT DISTINCT channel FROM told").all() as unknown as { channel: string }[];
        for (const { channel } of channels) {
          if (names(channel)) db.prepare("DELETE FROM told WHERE channel = ?").run(channel);
        }
        // What was written over before today may still lie in pages that are not used; and the log holds what was there.
        db.exec("VACUUM");
        const { busy } = db.prepare("PRAGMA wal_checkpoint(TRUNCATE)").get() as { busy: number };
        if (busy !== 0) throw new Error(`${path}: another process reads what was there before; purge again`);
        return { cells, alerts };
      });
    } finally {
      db.close();
    }
  };
}

interface Row {
  readonly key: string;
  readonly text: string;
}

/** What is left of a row's text: itself, another, or nothing. */
type Left = (key: string, text: string) => string | undefined;

function cellLeft(key: string, text: string, names: Names): string | undefined {
  if (names(JSON.parse(key) as string)) return undefined;
  const [kind, value] = JSON.parse(text) as [CellKind, unknown];
  const left = forgotten(kind, value, names);
  return left === value ? text : left === undefined ? undefined : JSON.stringify([kind, left]);
}

function announcementLeft(text: string, names: Names): string | undefined {
  const announced = JSON.parse(text) as Announcement;
  const alert = alertWithout(announced.alert, names);
  return alert === announced.alert ? text : alert && JSON.stringify({ ...announced, alert });
}
