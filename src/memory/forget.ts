import type { CellKind } from "./cell.ts";

/** Whether a text names somebody who is to be forgotten. */
export type Names = (text: string) => boolean;

/** From so many characters on a name is looked for inside other texts; a shorter one is a word of any language. */
const TELLING_LENGTH = 4;
/** Packed bytes, in which a name stands by chance alone. */
const PACKED = /^[A-Za-z0-9+/]{40,}={0,2}$/;

/**
 * Whether a text is one of the names or holds one as a word of its own: between characters that are neither letters nor
 * digits. Account numbers and tenants' names are what is looked for; ARNs hold them.
 */
export function naming(names: Iterable<string>): Names {
  const all = new Set(names);
  const telling = [...all]
    .filter((name) => name.length >= TELLING_LENGTH)
    .map((name) => name.replace(/[\\^$.*+?()[\]{}|/]/g, "\\$&"));
  if (telling.length === 0) return (text) => all.has(text);
  const word = new RegExp(`(?<![\\p{L}\\p{N}])(?:${telling.join("|")})(?![\\p{L}\\p{N}])`, "u");
  return (text) => all.has(text) || (word.test(text) && !PACKED.test(text));
}

/** What stands in a value's place when it is to be forgotten. */
const GONE = Symbol("gone");

/**
 * A cell's value, as it is encoded, without all that names somebody: members of sets, entries of maps, calls. Undefined
 * where nothing worth keeping is left; the value itself where it names nobody. The one place where memory shrinks: only
 * for who is off-boarded, and only after what was on its way has come.
 */
export function forgotten(kind: CellKind, value: unknown, names: Names): unknown {
  const left = without(value, names);
  if (left === GONE) return undefined;
  return kind === "evidence" && isAbandoned(value, left) ? undefined : left;
}

/** An alert's evidence that was about customers, and is about none any more. */
function isAbandoned(before: unknown, after: unknown): boolean {
  const concerned = (evidence: unknown): number => {
    const { tenants = [], accounts = [], roles = [] } = evidence as Readonly<Record<string, readonly unknown[]>>;
    return tenants.length + accounts.length + roles.length;
  };
  return concerned(before) > 0 && concerned(after) === 0;
}

function without(value: unknown, names: Names): unknown {
  if (typeof value === "string") return names(value) ? GONE : value;
  if (typeof value !== "object" || value === null) return value;
  if (!Array.isArray(value)) return recordWithout(value, names);
  const list: readonly unknown[] = value;
  if (isEntry(list)) {
    const [key, held] = list;
    const left = names(key) ? GONE : without(held, names);
    return left === GONE ? GONE : left === held ? list : [key, left];
  }
  const kept = list.map((one) => without(one, names)).filter((one) => one !== GONE);
  return kept.length === list.length && kept.every((one, at) => one === list[at]) ? list : kept;
}

/** A record that says a name itself is gone as a whole: half a call is none. */
function recordWithout(record: object, names: Names): unknown {
  let changed = false;
  const kept: Record<string, unknown> = {};
  for (const [field, held] of Object.entries(record)) {
    const left = without(held, names);
    if (left === GONE) return GONE;
    changed ||= left !== held;
    kept[field] = left;
  }
  return changed ? kept : record;
}

/** A map's entry, as it is encoded; a list of texts is none. */
function isEntry(list: readonly unknown[]): list is readonly [string, unknown] {
  return list.length === 2 && typeof list[0] === "string" && typeof list[1] !== "string";
}
