import { compareAddresses, network, parseAddress, type Address } from "../ranges/address.ts";
import { operatorNamed, type Operator } from "./operator.ts";
import { matches, pattern, type Pattern } from "./pattern.ts";
import { MAYBE, NO, not, triOf, YES, type Tri } from "./tri.ts";

/** The external ID's condition key, in the lower case in which keys are compared. */
export const EXTERNAL_ID_KEY = "sts:externalid";

/** One operator on one key: `StringEquals: { sts:ExternalId: [a, b] }`. A statement applies where all of its own hold. */
export interface Condition {
  readonly operator: Operator;
  /** In lower case: keys are compared ignoring case. */
  readonly key: string;
  readonly values: readonly string[];
  /** The values, compiled, where the operator compares text or ARNs. */
  readonly patterns: readonly Pattern[];
}

/** A key's value in a request: null is absent, `SOME` is there and unknown, `ANY` is not even known to be there. */
export type Value = string | typeof SOME | typeof ANY | null;

export const SOME = Symbol("present, and unknown");
export const ANY = Symbol("present or absent");

export function condition(operatorName: string, key: string, values: readonly string[], variables: boolean): Condition {
  const operator = operatorNamed(operatorName);
  const { comparison } = operator;
  const wild = comparison === "string-like" || comparison === "arn";
  const fold = comparison === "string-ignoring-case";
  const textual = comparison.startsWith("string") || comparison === "arn";
  return {
    operator,
    key: key.toLowerCase(),
    values,
    patterns: textual ? values.map((value) => pattern(value, { wild, fold, variables })) : [],
  };
}

/**
 * Whether one condition holds for a key's value. A key that is absent matches nothing: a negated operator holds then.
 * What AWS leaves undocumented is MAYBE: an empty value or none at all, a value of another kind than the operator's.
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
 */
export function holds({ operator, key, values, patterns }: Condition, value: Value): Tri {
  const { comparison, negated, ifExists, set } = operator;
  if (comparison === "unknown" || value === ANY) return MAYBE;
  if (comparison === "null") return isNull(values, value);
  if (value === null) {
    if (set === "any") return NO;
    if (negated || ifExists || set === "all") return YES;
    return values.every((each) => each === "") && comparison.startsWith("string") ? MAYBE : NO;
  }
  if (value === SOME || values.length === 0) return MAYBE;
  if (key === EXTERNAL_ID_KEY && !comparison.startsWith("string")) return MAYBE;
  let some: Tri = NO;
  for (const [at, wanted] of values.entries()) {
    const one = equal(operator, value, wanted, patterns[at]);
    if (one > some) some = one;
  }
  return negated ? not(some) : some;
}

function isNull(values: readonly string[], value: Exclude<Value, typeof ANY>): Tri {
  let some: Tri = NO;
  for (const each of values) {
    const wanted = each.toLowerCase();
    const one = wanted === "true" || wanted === "false" ? triOf((wanted === "true") === (value === null)) : MAYBE;
    if (one > some) some = one;
  }
  return values.length === 0 ? MAYBE : some;
}

function equal({ comparison, order }: Operator, value: string, wanted: string, compiled: Pattern | undefined): Tri {
  if (wanted === "") return MAYBE;
  switch (comparison) {
    case "boolean":
      return booleansEqual(value.toLowerCase(), wanted.toLowerCase());
    case "address":
      return within(value, wanted);
    case "number":
      return ordered(numberOf(value), numberOf(wanted), order);
    case "date":
      return ordered(momentOf(value), momentOf(wanted), order);
    case "arn":
      return arnsMatch(value, wanted, compiled?.uncertain === true);
    case "string":
    case "string-ignoring-case":
    case "string-like":
      if (compiled === undefined || !matches(compiled, value)) return NO;
      return compiled.uncertain ? MAYBE : YES;
    case "null":
    case "unknown":
      return MAYBE;
  }
}

function booleansEqual(value: string, wanted: string): Tri {
  const known = (text: string): boolean => text === "true" || text === "false";
  return known(value) && known(wanted) ? triOf(value === wanted) : MAYBE;
}

/** The five parts before the resource, and the resource with its colons; null where there are fewer. */
export function arnParts(arn: string): readonly string[] | null {
  const parts = arn.split(":");
  return parts.length < 6 ? null : [...parts.slice(0, 5), parts.slice(5).join(":")];
}

/** Part by part; ArnEquals and ArnLike are the same, wildcards included. */
function arnsMatch(value: string, wanted: string, uncertain: boolean): Tri {
  const parts = arnParts(value);
  const globs = arnParts(wanted);
  if (parts === null || globs === null) return MAYBE;
  const part = { wild: true, fold: false, variables: uncertain };
  if (!globs.every((glob, at) => matches(pattern(glob, part), parts[at] ?? ""))) return NO;
  return uncertain ? MAYBE : YES;
}

/** Null where the text is no number. */
export function numberOf(text: string): number | null {
  return /^[+-]?\d{1,15}(?:\.\d{1,15})?$/.test(text) ? Number(text) : null;
}

/** Epoch seconds, from ISO 8601 or from such a number itself; null where the text is neither. */
export function momentOf(text: string): number | null {
  const number = numberOf(text);
  if (number !== null) return number;
  const ms = /^\d{4}-\d\d-\d\d/.test(text) ? Date.parse(text) : NaN;
  return Number.isNaN(ms) ? null : ms / 1000;
}

function ordered(value: number | null, wanted: number | null, order: Operator["order"]): Tri {
  if (value === null || wanted === null) return MAYBE;
  if (order === null) return triOf(value === wanted);
  if (value === wanted) return triOf(order.endsWith("="));
  return triOf(order.startsWith("<") ? value < wanted : value > wanted);
}

/** A network's first and last address; null where the text is no network. Unlike a vendor's, it may be the internet. */
export function networkOf(text: string): { readonly first: Address; readonly last: Address } | null {
  const [, host = "", length] = /^([^/]*)(?:\/(\d{1,3}))?$/.exec(text) ?? [];
  const address = parseAddress(host);
  const written = host.includes(":") ? 128 : 32;
  if (address === undefined || Number(length ?? 0) > written) return null;
  return network(address, Number(length ?? written) + 128 - written);
}

function within(value: string, wanted: string): Tri {
  const address = parseAddress(value);
  const net = networkOf(wanted);
  if (address === undefined || net === null) return MAYBE;
  return triOf(compareAddresses(net.first, address) <= 0 && compareAddresses(address, net.last) <= 0);
}
