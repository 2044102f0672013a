import type { Call } from "../trail/call.ts";
import { joinCalls } from "../memory/call-join.ts";
import type { Cell, CellKey } from "../memory/cell.ts";

/** Calls by key, the copies within a batch joined field by field. */
export function joinCopies(calls: Iterable<Call>): Map<string, Call> {
  const joined = new Map<string, Call>();
  for (const call of calls) {
    const other = joined.get(call.key);
    joined.set(call.key, other === undefined ? call : joinCalls(other, call));
  }
  return joined;
}

/**
 * Copies that do not tell the whole call wait in memory for the rest. A complete copy needs no waiting: it tells
 * everything that any other copy could, so only the poor ones cost a write.
 */
export function partialCopies(calls: ReadonlyMap<string, Call>): Map<CellKey, Cell> {
  const cells = new Map<CellKey, Cell>();
  for (const [key, call] of calls) if (call.partial) cells.set(`call/${key}`, { kind: "call", value: call });
  return cells;
}

/** Puts the calls that memory has joined in place of their partial copies. */
export function completed(calls: Map<string, Call>, memory: ReadonlyMap<CellKey, Cell>): Map<string, Call> {
  for (const cell of memory.values()) if (cell.kind === "call") calls.set(cell.value.key, cell.value);
  return calls;
}
