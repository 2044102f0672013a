import { CELL_KINDS, type Cell, type CellKind, type CellValue } from "./cell.ts";
import type { Lattice } from "./lattice.ts";
import { noPairs, type Pairs } from "./pairs.ts";

/**
 * A cell taken apart for stores that write no more than has changed: the one set in it that grows to many thousands,
 * whose members are written as they come, and the rest, which is small and written as one text.
 */
export interface Parts {
  readonly kind: CellKind;
  /** Canonical JSON of the cell's value without the set: equal rests are equal texts. */
  readonly rest: string;
  /** The cell's own set, not a copy; null in kinds that have none. */
  readonly members: Pairs | null;
}

interface BigSet<T> {
  readonly of: (value: T) => Pairs;
  readonly replaced: (value: T, members: Pairs) => T;
  /** Whether the value is this set and nothing beside. */
  readonly isAll: boolean;
}

/** The kinds with such a set, and where in the value it is. */
const BIG_SETS: { readonly [K in CellKind]?: BigSet<CellValue<K>> } = {
  window: { of: (pairs) => pairs, replaced: (_, members) => members, isAll: true },
  evidence: { of: ({ calls }) => calls, replaced: (value, calls) => ({ ...value, calls }), isAll: false },
  history: { of: ({ habits }) => habits, replaced: (value, habits) => ({ ...value, habits }), isAll: false },
};

/** What of a cell of this kind is its set: all, so that the rest says nothing; a part; or nothing. */
export function setShare(kind: CellKind): "all" | "part" | "none" {
  const set = BIG_SETS[kind];
  return set === undefined ? "none" : set.isAll ? "all" : "part";
}

export function partsOf({ kind, value }: Cell): Parts {
  const set = BIG_SETS[kind] as BigSet<unknown> | undefined;
  const rest = set === undefined ? value : set.replaced(value, noPairs());
  const text = JSON.stringify((CELL_KINDS[kind] as Lattice<unknown>).encode(rest));
  return { kind, rest: text, members: set === undefined ? null : set.of(value) };
}

/** The inverse, with the set itself in it. Throws `TypeError` or `SyntaxError` on what `partsOf` did not make. */
export function cellOf(kind: string, rest: string, members: Pairs | null): Cell {
  if (!Object.hasOwn(CELL_KINDS, kind)) throw new TypeError("a stored cell is of a kind this version does not know");
  const known = kind as CellKind;
  const set = BIG_SETS[known] as BigSet<unknown> | undefined;
  const value = setShare(known) === "all" ? null : (CELL_KINDS[known] as Lattice<unknown>).decode(JSON.parse(rest));
  return { kind, value: set === undefined ? value : set.replaced(value, members ?? noPairs()) } as Cell;
}
