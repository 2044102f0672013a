import type { Cell, CellKey } from "../memory/cell.ts";

/**
 * Where memory outlives a process. Two verbs, because every cell is a join-semilattice: what is merged twice, late or
 * by two processes at once ends as the same cell.
 *
 * `merge` is durable when it resolves, and answers each cell as joined with what was stored. The store owns the
 * deltas from then on: callers build them anew. A write that fails rejects, and may or may not have happened:
 * merging the same deltas again is always right.
 */
export interface Store {
  readonly merge: (deltas: ReadonlyMap<CellKey, Cell>) => Promise<ReadonlyMap<CellKey, Cell>>;
  /** Only the cells that exist are in the answer. */
  readonly recall: (keys: readonly CellKey[]) => Promise<ReadonlyMap<CellKey, Cell>>;
  readonly close: () => Promise<void>;
}
