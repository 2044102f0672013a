import { arnParts, holds, type Condition } from "./condition.ts";
import { coversCaller, impliedBy } from "./evaluate.ts";
import { matches, pattern } from "./pattern.ts";
import type { Statement } from "./policy.ts";
import { callerOf, type Caller, type UniqueIds } from "./principal.ts";
import { witnesses, type Sought } from "./witness.ts";

/** An account that nobody has, for whoever else there is. */
export const STRANGER = "000000000000";

/** The accounts that a policy names, as principals or in conditions, in the order of their coming. */
export function accountsNamed(statements: readonly Statement[]): readonly string[] {
  const accounts = new Set<string>();
  for (const { principals, conditions } of statements) {
    for (const each of principals.list) if ("account" in each && each.account !== null) accounts.add(each.account);
    for (const { key, values } of conditions) {
      if (key !== "aws:principalarn" && key !== "aws:principalaccount") continue;
      for (const value of values) for (const [account] of value.matchAll(/(?<!\d)\d{12}(?!\d)/g)) accounts.add(account);
    }
  }
  return [...accounts];
}

/** What is known of whoever may call, besides the policy. */
export interface Callers {
  /** `aws`, `aws-cn`, `aws-us-gov`: of all ARNs that are made up. */
  readonly partition: string;
  /** ARNs of roles that really call. */
  readonly roles: readonly string[];
  readonly uniqueIds: UniqueIds;
}

/**
 * The principals of an account that a policy can tell apart, one of each sort: those that it names, the roles that are
 * known to call, and strangers: another role, another user, the root, and roles and users as its patterns want them.
 * Each stands under what the statements say of its sort.
 */
export function callersToTry(
  account: string,
  statements: readonly Statement[],
  known: Callers,
): ReadonlyMap<string, Caller> {
  const own = (service: string, resource: string): string =>
    `arn:${known.partition}:${service}::${account}:${resource}`;
  const arns = [
    ...known.roles,
    ...statements.flatMap(({ principals }) =>
      principals.list.flatMap((each) => (each.kind === "identity" ? [each.arn] : [])),
    ),
    own("iam", "role/another-role"),
    own("sts", "assumed-role/another-role/another-session"),
    own("iam", "user/another-user"),
    own("iam", "root"),
    ...asPatternsWant(account, statements, known),
  ];
  const sorts = new Map<string, Caller>();
  for (const arn of arns) {
    const caller = callerOf(arn);
    if (caller?.account !== account) continue;
    const sort = sortOf(caller, statements, known.uniqueIds);
    if (!sorts.has(sort)) sorts.set(sort, caller);
  }
  return sorts;
}

/** Callers of whom all statements say the same are one sort. */
function sortOf(caller: Caller, statements: readonly Statement[], uniqueIds: UniqueIds): string {
  return statements
    .map((statement) => {
      const implied = statement.conditions.map((each) => {
        const value = impliedBy(caller, each.key);
        return value === undefined ? "" : holds(each, value);
      });
      return `${coversCaller(statement, caller, uniqueIds)}${implied.join("")}`;
    })
    .join();
}

/** Characters of role and user names, and of the paths before them. */
const LANGUAGE = {
  alphabet: "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_+=,.@/-",
  shortest: 1,
  longest: 576,
} as const;

/** ARNs for every combination of the patterns on `aws:PrincipalArn` that a role or a user of the account can match. */
function asPatternsWant(account: string, statements: readonly Statement[], { partition }: Callers): readonly string[] {
  const conditions = statements.flatMap(({ conditions: all }) => all.filter(({ key }) => key === "aws:principalarn"));
  if (conditions.length === 0) return [];
  const before = ["arn", partition, "iam", "", account];
  return ["role/", "user/"].flatMap((kind) => {
    const sought = conditions.flatMap((each) => soughtBy(each, before, kind));
    return (witnesses(sought, LANGUAGE) ?? []).map((rest) => `${before.join(":")}:${kind}${rest}`);
  });
}

/** ARN operators compare part by part, and so only their last part is left to be matched. */
function soughtBy(
  { operator, patterns, values }: Condition,
  before: readonly string[],
  kind: string,
): readonly Sought[] {
  if (operator.comparison !== "arn")
    return patterns.map((each) => ({ pattern: each, read: `${before.join(":")}:${kind}` }));
  const wild = { wild: true, fold: false, variables: true };
  return values.flatMap((value) => {
    const parts = arnParts(value);
    if (parts === null) return [];
    const fits = before.every((part, at) => matches(pattern(parts[at] ?? "", wild), part));
    return fits ? [{ pattern: pattern(parts[5] ?? "", wild), read: kind }] : [];
  });
}
