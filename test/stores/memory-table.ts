import type { Item, Stamp, Table } from "../../src/stores/dynamodb/table.ts";

/** A table in memory, which does as DynamoDB does; what it answers is a copy. `items` is what it holds. */
export function memoryTable(items = new Map<string, Item>()): Table & { readonly items: Map<string, Item> } {
  const same = (stored: Item | undefined, expected: Stamp | null): boolean =>
    stored === undefined || expected === null
      ? stored === undefined && expected === null
      : stored.version === expected.version && stored.expires === expected.expires;
  const store = (item: Item): Item => {
    if (sizeOf(item) > LARGEST_ITEM_BYTES) throw new Error("Item size has exceeded the maximum allowed size");
    items.set(item.key, copyOf(item));
    return copyOf(item);
  };
  return {
    items,
    read: (keys) =>
      soon(() => {
        const found = [...new Set(keys)].map((key) => items.get(key)).filter((item) => item !== undefined);
        return new Map(found.map((item) => [item.key, copyOf(item)]));
      }),
    put: (item, expected) =>
      soon(() => {
        const stored = items.get(item.key);
        if (!same(stored, expected)) return { done: false, stored: copyOf(stored ?? null) };
        store(item);
        return { done: true };
      }),
    add: ({ key, kind, members, expires, now, cap }) =>
      soon(() => {
        if (members.length === 0) throw new Error("an empty set is no value");
        const stored = items.get(key);
        if (stored !== undefined && (stored.kind !== kind || stored.version >= cap || stored.expires <= now)) {
          return { done: false, stored: copyOf(stored) };
        }
        const union = new Map(
          [...(stored?.members ?? []), ...members].map((member) => [Buffer.from(member).toString("hex"), member]),
        );
        const version = (stored?.version ?? 0) + members.length;
        return { done: true, stored: store({ ...stored, key, kind, version, expires, members: [...union.values()] }) };
      }),
  };
}

/** Bodies and members are never written to, so only what holds them is copied. */
function copyOf<T extends Item | null>(item: T): T {
  return item === null ? item : { ...item, ...(item.members && { members: [...item.members] }) };
}

const LARGEST_ITEM_BYTES = 409_600;

function sizeOf({ key, kind, body = "", parts = [], members = [] }: Item): number {
  const texts = [key, kind, ...parts].map((text) => Buffer.byteLength(text));
  return [...texts, Buffer.byteLength(body), 8 * members.length].reduce((sum, size) => sum + size, 64);
}

/** As from a network: later, and whole. */
async function soon<T>(work: () => T): Promise<T> {
  await Promise.resolve();
  return work();
}
