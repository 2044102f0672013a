import type { Cell, CellKey } from "../../src/memory/cell.ts";

/** CloudTrail began to record in 2013. */
const EARLIEST_MS = Date.UTC(2013, 0, 1);

/** Every number that memory holds and may not: one that is not finite, or a moment when nothing can have happened. */
export function badNumbersIn(cells: ReadonlyMap<CellKey, Cell>, latestMs: number): readonly string[] {
  const found: string[] = [];
  for (const [key, { value }] of cells) walk(value, key, latestMs, found);
  return found;
}

/** Whatever it is made of: lists, sets, maps and objects. Typed arrays hold hashes, which are always whole. */
function walk(value: unknown, way: string, latestMs: number, found: string[]): void {
  if (typeof value === "number") {
    const moment = /(?:timeMs|firstMs|lastMs|startMs|endMs)$/.test(way);
    const bad = moment ? !(value >= EARLIEST_MS && value <= latestMs) : !Number.isFinite(value);
    if (bad) found.push(`${way} = ${value}`);
  } else if (typeof value === "string") {
    if (/^(?:NaN|Infinity|-Infinity|undefined)$|NaN\/|\/NaN/.test(value)) found.push(`${way} = ${value}`);
  } else if (value instanceof Map) {
    for (const [name, inner] of value) walk(inner, `${way}.${String(name)}`, latestMs, found);
  } else if (value instanceof Set) {
    for (const member of value) walk(member, way, latestMs, found);
  } else if (typeof value === "object" && value !== null && !ArrayBuffer.isView(value)) {
    for (const [name, inner] of Object.entries(value)) walk(inner, `${way}.${name}`, latestMs, found);
  }
}
