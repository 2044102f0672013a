import { decodeCell, encodeCell, type Cell } from "../../src/memory/cell.ts";

/**
 * A value as DynamoDB keeps it.
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/HowItWorks.NamingRulesDataTypes.html
 */
export type AttributeValue =
  | { readonly S: string }
  | { readonly N: string }
  | { readonly BOOL: boolean }
  | { readonly NULL: true }
  | { readonly SS: readonly string[] }
  | { readonly BS: readonly Uint8Array[] }
  | { readonly L: readonly AttributeValue[] }
  | { readonly M: Readonly<Record<string, AttributeValue>> };

/** A cell through DynamoDB's types and over its wire, which keeps no order of sets or maps and knows UTF-8 only. */
export function throughDynamoDb(cell: Cell): Cell {
  const [kind, value] = JSON.parse(encodeCell(cell)) as [string, unknown];
  return decodeCell(JSON.stringify([kind, unmarshalled(overTheWire(marshalled(value)))]));
}

/** JSON as an attribute: pairs as a set of 8-byte members, texts in order and each once as a set, entries as a map. */
export function marshalled(json: unknown): AttributeValue {
  if (json === null) return { NULL: true };
  if (typeof json === "boolean") return { BOOL: json };
  if (typeof json === "number") return { N: String(json) };
  if (typeof json === "string") return packedPairs(json) ?? { S: written(json) };
  if (!Array.isArray(json)) return { M: mapped(Object.entries(json as object)) };
  return marshalledList(json);
}

function marshalledList(list: readonly unknown[]): AttributeValue {
  if (isSet(list)) return { SS: list.map(written) };
  if (isEntries(list)) return { M: { entries: { M: mapped(list) } } };
  return { L: list.map(marshalled) };
}

function unmarshalled(value: AttributeValue): unknown {
  if ("NULL" in value) return null;
  if ("BOOL" in value) return value.BOOL;
  if ("N" in value) return Number(value.N);
  if ("S" in value) return read(value.S);
  if ("SS" in value) return value.SS.map(read).sort();
  if ("BS" in value) return Buffer.concat(value.BS.toSorted(byNumber)).toString("base64");
  if ("L" in value) return value.L.map(unmarshalled);
  if ("entries" in value.M && "M" in value.M.entries)
    return fieldsOf(value.M.entries.M).sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(fieldsOf(value.M));
}

function fieldsOf(map: Readonly<Record<string, AttributeValue>>): [string, unknown][] {
  return Object.entries(map).map(([name, inner]) => [read(name.slice(1)), unmarshalled(inner)]);
}

/** No name of an attribute may be empty, so each gets a letter before it; no name is then `__proto__` either. */
function mapped(entries: readonly (readonly [string, unknown])[]): Record<string, AttributeValue> {
  return Object.fromEntries(entries.map(([name, value]) => [`.${written(name)}`, marshalled(value)]));
}

/** Half a surrogate pair does not survive UTF-8, so a text that holds one is kept as its JSON. */
function written(text: string): string {
  return text.isWellFormed() && !text.startsWith('"') ? text : JSON.stringify(text);
}

function read(text: string): string {
  return text.startsWith('"') ? (JSON.parse(text) as string) : text;
}

function isSet(list: readonly unknown[]): list is readonly string[] {
  return (
    list.length > 0 &&
    list.every((item, at) => typeof item === "string" && (at === 0 || (list[at - 1] as string) < item))
  );
}

function isEntries(list: readonly unknown[]): list is readonly (readonly [string, unknown])[] {
  return list.length > 0 && list.every(isEntry) && isSet(list.map(([name]) => name));
}

function isEntry(item: unknown): item is readonly [unknown, unknown] {
  return Array.isArray(item) && item.length === 2;
}

/** The 8-byte members of sorted pairs in base64; undefined for any other text. */
function packedPairs(text: string): AttributeValue | undefined {
  const bytes = Buffer.from(text, "base64");
  if (bytes.length === 0 || bytes.length % 8 !== 0 || bytes.toString("base64") !== text) return undefined;
  const members = Array.from({ length: bytes.length / 8 }, (_, at) => bytes.subarray(8 * at, 8 * at + 8));
  const ascending = members.every((member, at) => at === 0 || byNumber(members[at - 1]!, member) < 0);
  return ascending ? { BS: members } : undefined;
}

function byNumber(a: Uint8Array, b: Uint8Array): number {
  const [mine, theirs] = [Buffer.from(a).readBigUInt64LE(), Buffer.from(b).readBigUInt64LE()];
  return mine < theirs ? -1 : mine > theirs ? 1 : 0;
}

/** What DynamoDB may do to an item and still give the same one back: other orders, numbers written anew, UTF-8. */
function overTheWire(value: AttributeValue): AttributeValue {
  if ("S" in value) return { S: utf8(value.S) };
  if ("N" in value) return { N: Number(value.N).toPrecision(17) };
  if ("SS" in value) return { SS: unique(value.SS.map(utf8)).toReversed() };
  if ("BS" in value) return { BS: value.BS.toReversed() };
  if ("L" in value) return { L: value.L.map(overTheWire) };
  if ("M" in value) {
    const entries = Object.entries(value.M).toReversed();
    return { M: Object.fromEntries(entries.map(([name, inner]) => [utf8(name), overTheWire(inner)])) };
  }
  return value;
}

function utf8(text: string): string {
  return Buffer.from(text, "utf8").toString("utf8");
}

function unique(texts: readonly string[]): readonly string[] {
  return [...new Set(texts)];
}
