import { formatAddress, nextAddress, parseAddress, type Address } from "../ranges/address.ts";
import { holds, momentOf, networkOf, numberOf, SOME, type Condition, type Value } from "./condition.ts";
import type { Pattern } from "./pattern.ts";
import { witnesses } from "./witness.ts";

/** Keys that are in every request to assume a role, so that asking without them would ask nothing real. */
const ALWAYS_THERE: ReadonlySet<string> = new Set([
  "aws:currenttime",
  "aws:epochtime",
  "aws:userid",
  "sts:rolesessionname",
]);

/** Printable ASCII: what a value of an ordinary key may hold. */
const LANGUAGE = {
  alphabet: Array.from({ length: 95 }, (_, at) => String.fromCharCode(0x20 + at)).join(""),
  shortest: 1,
  longest: 256,
} as const;

/**
 * One value of a key for each combination of these conditions that a value can meet, absence included; whatever the
 * key, these are all requests that the policy can tell apart by it. All `conditions` are on the one key.
 */
export function valuesToTry(key: string, conditions: readonly Condition[]): readonly Value[] {
  const absent: readonly Value[] = ALWAYS_THERE.has(key) ? [] : [null];
  const sorts = new Map<string, Value>();
  for (const value of [...absent, ...candidates(conditions)]) {
    const sort = conditions.map((each) => holds(each, value)).join();
    if (!sorts.has(sort)) sorts.set(sort, value);
  }
  return [...sorts.values()];
}

/** A value whose truth cannot be told from its operators, such as a set of several, is unknown. */
function candidates(conditions: readonly Condition[]): readonly Value[] {
  if (conditions.some(({ operator: { set, comparison } }) => set !== null || comparison === "unknown")) return [SOME];
  const texts = textsToTry(conditions.flatMap(({ patterns }) => patterns));
  return texts === null ? [SOME] : [...texts, ...conditions.flatMap(ofItsKind)];
}

function textsToTry(patterns: readonly Pattern[]): readonly string[] | null {
  const literals = patterns.flatMap(({ literal, fold }) => (literal === null || fold ? [] : [literal]));
  if (literals.length < patterns.length) {
    return witnesses(
      patterns.map((pattern) => ({ pattern, read: "" })),
      LANGUAGE,
    );
  }
  const longest = Math.max(0, ...literals.map(({ length }) => length));
  return [...literals, "x".repeat(longest + 1)];
}

/** Values at and on both sides of every border that a condition draws. */
function ofItsKind({ operator: { comparison }, values }: Condition): readonly Value[] {
  switch (comparison) {
    case "boolean":
      return ["true", "false"];
    case "number":
      return around(values.map(numberOf)).map(String);
    case "date":
      return around(values.map(momentOf)).map(String);
    case "address":
      return ["192.0.2.1", "2001:db8::1", ...values.flatMap(addressesAround)];
    case "arn":
      return values.filter((value) => !/[*?$]/.test(value));
    case "string":
    case "string-ignoring-case":
    case "string-like":
    case "null":
    case "unknown":
      return [];
  }
}

/** Every number, the middle between neighbours, and one beyond either end. */
function around(values: readonly (number | null)[]): readonly number[] {
  const sorted = values.filter((value) => value !== null).sort((a, b) => a - b);
  const middles = sorted.map((value, at) => (value + (sorted[at + 1] ?? value + 2)) / 2);
  return [...sorted, ...middles, (sorted[0] ?? 0) - 1];
}

function addressesAround(text: string): readonly string[] {
  const net = networkOf(text);
  if (net === null) return [];
  const beyond = nextAddress(net.last);
  const before = previousAddress(net.first);
  const all = [
    net.first,
    net.last,
    ...(beyond === undefined ? [] : [beyond]),
    ...(before === undefined ? [] : [before]),
  ];
  return all.map(formatAddress).filter((each) => parseAddress(each) !== undefined);
}

function previousAddress(address: Address): Address | undefined {
  const words = [...address];
  for (let at = 3; at >= 0; at--) {
    const word = words[at] ?? 0;
    words[at] = word === 0 ? 0xffff_ffff : word - 1;
    if (word !== 0) return words as unknown as Address;
  }
  return undefined;
}
