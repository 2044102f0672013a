import { CELL_KINDS, encodeCell, joinCells, type Cell, type CellKind } from "../../src/memory/cell.ts";
import { cellsOf, copyOf } from "./cells.ts";
import type { Property } from "./property.ts";

/** A cell on its way into a store's own form and back out of it. */
export type RoundTrip = (cell: Cell) => Cell;

/** Every kind there is: a new one is under test as soon as it is declared. */
export const KINDS = Object.keys(CELL_KINDS) as CellKind[];

/** What must come to the same, and what it came to. */
type Law = readonly [law: string, left: string, right: string];

/**
 * The join of cells of one kind is commutative, associative and idempotent, takes nothing away, and means the same to
 * cells that have been through any of the `roundTrips`. Telling are the runs whose join is more than either side.
 */
export function latticeLaws(kind: CellKind, roundTrips: Readonly<Record<string, RoundTrip>>): Property {
  return (seed) => {
    const [a, b, c] = cellsOf(kind, 3, seed) as [Cell, Cell, Cell];
    const [mine, theirs, its] = [encodeCell(a), encodeCell(b), encodeCell(c)];
    const ab = joined(a, b);
    const all = encodeCell(ab);
    const laws: readonly Law[] = [
      ["a is a after JSON", mine, encodeCell(copyOf(a))],
      ["a ∨ b = b ∨ a", all, encodeCell(joined(b, a))],
      ["(a ∨ b) ∨ c = a ∨ (b ∨ c)", encodeCell(joined(ab, c)), encodeCell(joined(a, joined(b, c)))],
      ["a ∨ a = a", mine, encodeCell(joined(a, a))],
      ["(a ∨ b) ∨ a = a ∨ b", all, encodeCell(joined(ab, a))],
      ["(a ∨ b) ∨ b = a ∨ b", all, encodeCell(joined(ab, b))],
      ...Object.entries(roundTrips).flatMap(([form, through]): readonly Law[] => [
        [`a is a after ${form}`, inOrder(mine), inOrder(encodeCell(through(copyOf(a))))],
        [`a ∨ b after ${form}`, inOrder(all), inOrder(encodeCell(joinCells(through(copyOf(a)), through(copyOf(b)))))],
      ]),
      ["none of these changed a, b or c", list(mine, theirs, its), list(encodeCell(a), encodeCell(b), encodeCell(c))],
    ];
    const broken = laws.find(([, left, right]) => left !== right);
    return { telling: all !== mine && all !== theirs, broken: broken && `${kind}: ${broken[0]}\n${parting(broken)}` };
  };
}

/** The same JSON with the fields of objects in order: DynamoDB's maps do not keep them in theirs. */
function inOrder(json: string): string {
  return JSON.stringify(JSON.parse(json), (_, value: unknown) =>
    typeof value !== "object" || value === null || Array.isArray(value)
      ? value
      : Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1))),
  );
}

/** Where two long texts part. */
function parting([, a, b]: Law): string {
  let at = 0;
  while (a[at] === b[at]) at++;
  const around = (text: string): string => text.slice(Math.max(0, at - 120), at + 120);
  return `  left  …${around(a)}…\n  right …${around(b)}…`;
}

function joined(a: Cell, b: Cell): Cell {
  return joinCells(copyOf(a), copyOf(b));
}

function list(...cells: readonly string[]): string {
  return `[${cells.join()}]`;
}
