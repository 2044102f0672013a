import type * as Sqlite from "node:sqlite";
import { decodeCell, encodeCell, type Cell, type CellKey } from "../memory/cell.ts";
import { joinUnder, reasonOf } from "./memory.ts";
import { sqliteFile } from "./sqlite-file.ts";
import type { Store } from "./store.ts";

/**
 * A store in one file, for one machine: several processes may share it, and what `merge` acknowledged survives a crash
 * and a loss of power. SQLite works while the caller waits, for up to ten seconds where another process holds the lock.
 *
 * Throws a mistake where the path cannot hold a store. A stored cell that cannot be read rejects with an `Error` that
 * names its key, and is never written over; all other cells stay usable.
 */
export function sqliteStore(path: string): Store {
  const { db, working, atomically } = sqliteFile(path);
  const read = db.prepare("SELECT cell FROM cells WHERE key = ?");
  const write = db.prepare("INSERT INTO cells VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET cell = excluded.cell");

  return {
    merge: (deltas) =>
      working(() =>
        atomically(() => {
          const joined = new Map<CellKey, Cell>();
          for (const [key, delta] of deltas) {
            const stored = readText(read, key);
            const cell = joinUnder(key, stored === undefined ? undefined : readable(key, stored), delta);
            const text = encodeCell(cell);
            if (text !== stored) write.run(columnOf(key), text);
            joined.set(key, cell);
          }
          return joined;
        }),
      ),
    recall: (keys) =>
      working(() => {
        const known = new Map<CellKey, Cell>();
        for (const key of keys) {
          const stored = readText(read, key);
          if (stored !== undefined) known.set(key, readable(key, stored));
        }
        return known;
      }),
    close: () =>
      working(() => {
        db.close();
      }),
  };
}

/** JSON, because a column of text would bend what a key may hold: lone surrogates, NUL. */
function columnOf(key: CellKey): string {
  return JSON.stringify(key);
}

function readText(read: Sqlite.StatementSync, key: CellKey): string | undefined {
  return read.get(columnOf(key))?.cell as string | undefined;
}

function readable(key: CellKey, stored: string): Cell {
  try {
    return decodeCell(stored);
  } catch (cause) {
    throw new Error(`the stored cell ${JSON.stringify(key)} cannot be read: ${reasonOf(cause)}`, { cause });
  }
}
