import { decodeCell, encodeCell, type Cell, type CellKey } from "../../memory/cell.ts";
import { forgotten } from "../../memory/forget.ts";
import { promised } from "../memory.ts";
import type { Purge } from "./purge.ts";

/** Purges the cells of a memory that lives as long as the process. */
export function memoryPurge(cells: Map<CellKey, Cell>): Purge {
  return (names) =>
    promised(() => {
      let changed = 0;
      for (const [key, cell] of cells) {
        const [kind, value] = JSON.parse(encodeCell(cell)) as [Cell["kind"], unknown];
        const left = names(key) ? undefined : forgotten(kind, value, names);
        if (left === value) continue;
        changed++;
        if (left === undefined) cells.delete(key);
        else cells.set(key, decodeCell(JSON.stringify([kind, left])));
      }
      return { cells: changed, alerts: 0 };
    });
}
