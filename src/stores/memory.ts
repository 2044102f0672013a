import { joinCells, type Cell, type CellKey } from "../memory/cell.ts";
import type { Store } from "./store.ts";

/**
 * A store for as long as the process lives: replays, tests. Deltas move in without a copy, and the answers are the
 * living cells themselves, for reading only: a later merge into the same key changes them. Cells that were gathered
 * before may be given to start with.
 */
export function memoryStore(cells = new Map<CellKey, Cell>()): Store & { readonly cells: Map<CellKey, Cell> } {
  return {
    cells,
    merge: (deltas) =>
      promised(() => {
        const joined = new Map<CellKey, Cell>();
        for (const [key, delta] of deltas) {
          const cell = joinUnder(key, cells.get(key), delta);
          cells.set(key, cell);
          joined.set(key, cell);
        }
        return joined;
      }),
    recall: (keys) =>
      promised(() => {
        const known = new Map<CellKey, Cell>();
        for (const key of keys) {
          const cell = cells.get(key);
          if (cell !== undefined) known.set(key, cell);
        }
        return known;
      }),
    close: () => promised(() => undefined),
  };
}

/**
 * The cell as stored joined with what is new, by the lattice's own rules on who owns what. An `Error` that names the
 * key, with the lattice's `TypeError` as its cause, where the two are of different kinds.
 */
export function joinUnder(key: CellKey, stored: Cell | undefined, delta: Cell): Cell {
  if (stored === undefined) return delta;
  try {
    return joinCells(stored, delta);
  } catch (cause) {
    throw new Error(`nothing can be merged into the cell ${JSON.stringify(key)}: ${reasonOf(cause)}`, { cause });
  }
}

/** Work that needs no waiting, behind the promise that every store answers with: what it throws, the promise rejects with. */
export function promised<T>(work: () => T): Promise<T> {
  return new Promise((resolve) => {
    resolve(work());
  });
}

/** What an error says, without its stack. */
export function reasonOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause);
}
