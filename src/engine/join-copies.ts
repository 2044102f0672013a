import type { Call } from "../trail/call.ts";
import { joinCalls } from "../memory/call-join.ts";
import type { Cell, CellKey } from "../memory/cell.ts";

/** A batch's calls: those that a copy tells whole, and those of which the copies at hand tell a part each. */
export interface Copies {
  readonly whole: readonly Call[];
  /** By the cell that the copies of a call are joined in. */
  readonly partial: Map<CellKey, Cell>;
}

/**
 * Sorts copies. One that tells the whole call is judged as it is: no other copy could add to it, and what its judgement
 * comes to must not depend on which copies happened to arrive together. One that tells a part (the customer's copy, or
 * one that CloudTrail has cut) is joined field by field with the other parts, in memory, where they wait for each other.
 */
export function sortCopies(calls: Iterable<Call>): Copies {
  const whole = new Map<string, Call>();
  // Masked or damaged trails give one eventID to several calls; none of these is taken for another's copy.
  const namesakes: Call[] = [];
  const partial = new Map<CellKey, Cell>();
  for (const call of calls) {
    if (call.partial) {
      const key = `call/${call.key}`;
      const other = partial.get(key);
      partial.set(key, { kind: "call", value: other?.kind === "call" ? joinCalls(other.value, call) : call });
      continue;
    }
    const id = call.eventIds[0] ?? call.key;
    const known = whole.get(id);
    if (known === undefined) whole.set(id, call);
    else if (known.key !== call.key) namesakes.push(call);
  }
  return { whole: [...whole.values(), ...namesakes], partial };
}

/** The calls that memory has joined of their parts. */
export function callsIn(memory: ReadonlyMap<CellKey, Cell>): readonly Call[] {
  return [...memory.values()].flatMap((cell) => (cell.kind === "call" ? cell.value : []));
}
