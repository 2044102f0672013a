import type { Table } from "./table.ts";

/** Operations on one item: what DynamoDB bills, and what one partition takes only so many of a second. */
export interface Operations {
  reads: number;
  writes: number;
}

/** A table that counts what is asked of it, item by item, refused writes too, as they are billed like others. */
export function countedTable(table: Table): Table & { readonly operations: ReadonlyMap<string, Operations> } {
  const operations = new Map<string, Operations>();
  const of = (key: string): Operations => {
    const known = operations.get(key) ?? { reads: 0, writes: 0 };
    operations.set(key, known);
    return known;
  };
  return {
    operations,
    read: (keys) => {
      for (const key of keys) of(key).reads++;
      return table.read(keys);
    },
    put: (item, expected) => {
      of(item.key).writes++;
      return table.put(item, expected);
    },
    add: (addition) => {
      of(addition.key).writes++;
      return table.add(addition);
    },
  };
}
