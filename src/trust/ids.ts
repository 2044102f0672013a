import { EXTERNAL_ID } from "../trail/external-id.ts";
import { EXTERNAL_ID_KEY, SOME, type Condition, type Value } from "./condition.ts";
import { matches, type Pattern } from "./pattern.ts";
import type { Statement } from "./policy.ts";
import { witnesses } from "./witness.ts";

/** An external ID to ask a policy with; null is none at all. */
export interface IdTry {
  readonly value: Value;
  /** `right`: one that the policy names, whether or not it lets in; `wrong`: any other that AWS accepts. */
  readonly kind: "none" | "right" | "wrong";
}

/** The characters of an external ID, and how many it has. */
const LANGUAGE = {
  alphabet: "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_+=,.@:/-",
  shortest: 2,
  longest: 1224,
} as const;

/** The conditions on the external ID, whatever the spelling of the key. */
export function idConditions(statements: readonly Statement[]): readonly Condition[] {
  return statements.flatMap(({ conditions }) => conditions.filter(({ key }) => key === EXTERNAL_ID_KEY));
}

/** Every external ID that these statements name without a wildcard, once. They are secrets: compare, never print. */
export function literalIds(statements: readonly Statement[]): readonly string[] {
  return [...new Set(literalsOf(idConditions(statements)).map(({ literal }) => literal ?? ""))];
}

/**
 * All external IDs that a policy can tell apart, one of each sort: none, each that it names, and for each combination of
 * its patterns one that it does not name, so that `a*` and `*b` together still meet a wrong ID that passes both. Where
 * the patterns are too many for that, one unknown ID, which matches them perhaps.
 */
export function idsToTry(statements: readonly Statement[]): readonly IdTry[] {
  const conditions = idConditions(statements);
  const none: IdTry = { value: null, kind: "none" };
  const literals = literalsOf(conditions);
  const named = (id: string): boolean => literals.some((each) => matches(each, id));
  const right = (id: string): IdTry => ({ value: id, kind: "right" });
  const written = [...new Set(literals.map(({ literal }) => literal ?? ""))];
  const patterns = conditions.flatMap(({ patterns: all }) => all);
  if (patterns.every(({ literal, fold }) => literal !== null && !fold)) {
    return [none, ...written.map(right), { value: unnamed(named), kind: "wrong" }];
  }
  const found = witnesses(
    distinct(patterns).map((pattern) => ({ pattern, read: "" })),
    LANGUAGE,
  );
  if (found === null) return [none, ...written.map(right), { value: SOME, kind: "wrong" }];
  const beyond = written.filter((id) => !EXTERNAL_ID.test(id));
  return [
    none,
    ...beyond.map(right),
    ...found.map((id): IdTry => ({ value: id, kind: named(id) ? "right" : "wrong" })),
  ];
}

/** An empty value is no ID that anybody could send. */
function literalsOf(conditions: readonly Condition[]): readonly Pattern[] {
  return conditions.flatMap(({ patterns }) => patterns.filter(({ literal }) => literal !== null && literal !== ""));
}

function distinct(patterns: readonly Pattern[]): readonly Pattern[] {
  return [...new Map(patterns.map((each) => [`${each.fold}:${each.tokens.join()}`, each])).values()];
}

/** An ID that AWS accepts and that no literal is. */
function unnamed(named: (id: string) => boolean): string {
  let number = 0;
  while (named(`x${number}`)) number++;
  return `x${number}`;
}

/** Whether a statement asks about the external ID at all; an empty value asks nothing. */
export function mentionsId({ conditions }: Statement): boolean {
  return conditions.some(({ key, values }) => key === EXTERNAL_ID_KEY && values.some((value) => value !== ""));
}
