/**
 * Join-semilattices: values that only grow, whose join is commutative, associative and idempotent. Two workers, a
 * redelivery, a crash between write and acknowledgement: whatever happens, the same events end as the same value.
 * Shapiro et al., "A comprehensive study of convergent and commutative replicated data types", INRIA RR-7506, 2011.
 */
export interface Lattice<T> {
  /** The join of both. Takes both: either may be changed, or live on in the answer, so the caller lets go of them. */
  readonly join: (into: T, delta: T) => T;
  /** JSON-able and canonical: equal values encode to equal JSON. */
  readonly encode: (value: T) => unknown;
  /** The inverse of `encode`; throws `TypeError` on what it did not write. */
  readonly decode: (json: unknown) => T;
}

/** Keeps the greatest. Not a number is refused: one NaN would stay for ever. */
export const greatest: Lattice<number> = register((a, b) => Math.max(a, b));

/** Keeps the least. */
export const least: Lattice<number> = register((a, b) => Math.min(a, b));

function register(pick: (a: number, b: number) => number): Lattice<number> {
  const valid = (value: unknown): number => {
    if (typeof value !== "number" || !Number.isFinite(value)) throw new TypeError("a register holds finite numbers");
    return value;
  };
  return { join: (into, delta) => pick(valid(into), valid(delta)), encode: valid, decode: valid };
}

/** A lattice with nothing at its bottom: null, which any value joins away. */
export function maybe<T>({ join, encode, decode }: Lattice<T>): Lattice<T | null> {
  return {
    join: (into, delta) => (into === null ? delta : delta === null ? into : join(into, delta)),
    encode: (value) => (value === null ? null : encode(value)),
    decode: (json) => (json === null ? null : decode(json)),
  };
}

/** A grow-only set of strings. With a cap it keeps the least by code unit, which is a lattice too. */
export function strings(cap = Number.POSITIVE_INFINITY): Lattice<Set<string>> {
  return {
    join: (into, delta) => {
      for (const member of delta) into.add(member);
      return into.size <= cap ? into : new Set([...into].sort().slice(0, cap));
    },
    encode: (value) => [...value].sort(),
    decode: (json) => new Set(array(json).map(string)),
  };
}

/** Key-wise join of maps. With a cap it keeps the least keys by code unit, which never come back once they are out. */
export function mapOf<T>(values: Lattice<T>, cap = Number.POSITIVE_INFINITY): Lattice<Map<string, T>> {
  return {
    join: (into, delta) => {
      for (const [key, value] of delta) {
        const mine = into.get(key);
        into.set(key, mine === undefined ? value : values.join(mine, value));
      }
      return into.size <= cap ? into : new Map([...into].sort(([a], [b]) => (a < b ? -1 : 1)).slice(0, cap));
    },
    encode: (value) => [...value].sort(([a], [b]) => (a < b ? -1 : 1)).map(([key, v]) => [key, values.encode(v)]),
    decode: (json) => new Map(array(json).map((entry) => pair(entry, values))),
  };
}

/** Field-wise join of records. */
export function fields<T extends object>(shape: { readonly [K in keyof T]: Lattice<T[K]> }): Lattice<T> {
  const names = Object.keys(shape) as (keyof T)[];
  const each = (make: (name: keyof T) => unknown): T => Object.fromEntries(names.map((n) => [n, make(n)])) as T;
  return {
    join: (into, delta) => {
      for (const name of names) into[name] = shape[name].join(into[name], delta[name]);
      return into;
    },
    encode: (value) => each((name) => shape[name].encode(value[name])),
    decode: (json) => each((name) => shape[name].decode((json as T | null)?.[name])),
  };
}

/** An item remembered for the moment it happened. */
export interface Moment {
  readonly timeMs: number;
  /** Tells moments of one instant apart; equal ids are one moment. */
  readonly id: string;
}

/**
 * The `cap` earliest moments: a lattice, because the earliest of a union are the earliest of the earliest.
 * `merge` joins two that share time and id.
 */
export function earliest<T extends Moment>(cap: number, merge: (a: T, b: T) => T): Lattice<readonly T[]> {
  const before = (a: T, b: T): number => a.timeMs - b.timeMs || (a.id < b.id ? -1 : a.id > b.id ? 1 : 0);
  return {
    join: (into, delta) => {
      const last = into.at(-1);
      if (into.length === cap && last !== undefined && delta.every((moment) => before(moment, last) > 0)) return into;
      const joined: T[] = [];
      for (const moment of [...into, ...delta].sort(before)) {
        const previous = joined.at(-1);
        if (previous !== undefined && before(previous, moment) === 0)
          joined[joined.length - 1] = merge(previous, moment);
        else if (joined.length < cap) joined.push(moment);
        else break;
      }
      return joined;
    },
    encode: (value) => value,
    decode: (json) => array(json).map((item) => moment(item) as T),
  };
}

function array(json: unknown): readonly unknown[] {
  if (!Array.isArray(json)) throw new TypeError("a stored cell holds something other than a list");
  return json;
}

function string(json: unknown): string {
  if (typeof json !== "string") throw new TypeError("a stored set holds something other than text");
  return json;
}

function moment(json: unknown): Moment {
  const { timeMs, id } = json as Partial<Moment>;
  if (!Number.isFinite(timeMs) || typeof id !== "string") throw new TypeError("a stored moment lacks its time or id");
  return json as Moment;
}

function pair<T>(json: unknown, values: Lattice<T>): [string, T] {
  const [key, value] = array(json);
  return [string(key), values.decode(value)];
}
