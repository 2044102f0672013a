import { EXTERNAL_ID_KEY } from "./condition.ts";
import { auditTrust, type AuditInput, type TrustAudit } from "./audit.ts";
import { coversAction, ASSUME_ROLE } from "./evaluate.ts";
import { literalIds } from "./ids.ts";
import { principal } from "./principal.ts";
import type { Statement } from "./policy.ts";

/** Where an external ID belongs in a corrected policy: nobody should take it from a report. */
export const PLACEHOLDER = "<EXTERNAL_ID>";

type Fields = Readonly<Record<string, unknown>>;

/**
 * The trust policy with the external ID demanded of everybody from outside, and the vendor's role in the place of its
 * account; what the account's own principals and services may do stays. IDs are placeholders throughout. Null where
 * nothing needs correcting, or where no correction was found that is enforced when audited again.
 */
export function corrected(audit: TrustAudit, input: AuditInput): Fields | null {
  if (audit.policy.ofResource || !needsCorrection(audit)) return null;
  const plain = withoutIds(audit);
  for (const depth of [0, 1, 2]) {
    const document = { ...plain, Version: "2012-10-17", Statement: statementsOf(audit, plain, input, depth) };
    const again = auditTrust(document, input).audit;
    if (again?.externalId === "enforced") return document;
  }
  return null;
}

/** Whether the external ID is what is wrong. */
export function needsCorrection({ externalId }: TrustAudit): boolean {
  return externalId === "missing" || externalId === "bypassable";
}

/** Every external ID of the document replaced, equal ones by equal placeholders, wildcards and all. */
function withoutIds({ policy }: TrustAudit): Fields {
  const ids = new Map(literalIds(policy.statements).map((id, at) => [id, at === 0 ? PLACEHOLDER : numbered(at + 1)]));
  const value = (each: unknown): unknown => (typeof each === "string" ? (ids.get(each) ?? PLACEHOLDER) : each);
  const keys = (operator: string, tested: unknown): unknown =>
    isFields(tested)
      ? mapped(tested, (key, values) => {
          if (key.toLowerCase() !== EXTERNAL_ID_KEY || operator.toLowerCase() === "null") return values;
          return Array.isArray(values) ? [...new Set(values.map(value))] : value(values);
        })
      : tested;
  const statement = (each: unknown): unknown =>
    isFields(each) && isFields(each.Condition) ? { ...each, Condition: mapped(each.Condition, keys) } : each;
  return { ...policy.document, Statement: [policy.document.Statement].flat().map(statement) };
}

function numbered(number: number): string {
  return PLACEHOLDER.replace(">", `_${number}>`);
}

/**
 * Deeper where less does not do: first only what is open is rewritten; then the Denies that ask for IDs are left out, as
 * the Allows ask for them; then every Allow that asks for IDs is rewritten too.
 */
function statementsOf(audit: TrustAudit, plain: Fields, input: AuditInput, depth: number): readonly unknown[] {
  const written = plain.Statement as readonly Fields[];
  const open = openStatements(audit);
  return audit.policy.statements.flatMap((statement): readonly unknown[] => {
    const each = written[statement.index] ?? {};
    if (open.has(statement.index)) return split(each, statement, audit, input);
    const asksId = statement.conditions.some(({ key }) => key === EXTERNAL_ID_KEY);
    if (!asksId || !coversAction(statement, ASSUME_ROLE)) return [each];
    if (statement.effect === "Deny") return depth > 0 ? [] : [each];
    return depth > 1 ? split(each, statement, audit, input) : [each];
  });
}

/** The Allows through which somebody enters without the right external ID. */
function openStatements({ accounts }: TrustAudit): ReadonlySet<number> {
  const ways = accounts.flatMap(({ entries }) => entries.filter(({ id }) => id !== "right"));
  return new Set(ways.map(({ statement }) => statement.index));
}

/**
 * One Allow as two: for whoever is the account's own, as it was, and for whoever comes from outside, with the ID. Names
 * of statements must be unique, and so neither half keeps it.
 */
function split(written: Fields, statement: Statement, audit: TrustAudit, input: AuditInput): readonly unknown[] {
  const { Principal, ...rest } = written;
  const named = typeof Principal === "string" ? { AWS: Principal } : isFields(Principal) ? Principal : {};
  const own = (name: string): boolean => {
    const read = principal("AWS", name);
    return "account" in read && read.account !== null && read.account === accountOf(input);
  };
  const aws = textsOf(named.AWS);
  const others = Object.entries(named).filter(([type]) => type !== "AWS");
  const kept = { ...Object.fromEntries(others), ...listed("AWS", aws.filter(own)) };
  const outside = narrowed(
    statement.principals.except ? ["*"] : aws.filter((name) => !own(name)),
    statement,
    audit,
    input,
  );
  const demanding = {
    Effect: "Allow",
    Principal: listed("AWS", outside),
    Action: statement.actions.except ? "sts:AssumeRole" : rest.Action,
    Condition: demanded(rest.Condition),
  };
  const before = {
    Effect: "Allow",
    Principal: kept,
    ...(statement.actions.except ? { NotAction: written.NotAction } : { Action: rest.Action }),
    ...("Condition" in rest ? { Condition: rest.Condition } : {}),
  };
  return [...(Object.keys(kept).length === 0 ? [] : [before]), demanding];
}

function accountOf({ role }: AuditInput): string | null {
  return role.arn?.split(":")[4] ?? null;
}

/** The vendor's roles for its account or for everybody, where they could enter so before; nobody who was not named. */
function narrowed(
  names: readonly string[],
  { index }: Statement,
  audit: TrustAudit,
  input: AuditInput,
): readonly string[] {
  const callers = audit.accounts.flatMap(({ entries }) =>
    entries.filter(({ statement }) => statement.index === index).map(({ caller }) => caller.arn),
  );
  const roles = input.vendorRoles.filter((role) => callers.includes(role));
  const result = names.flatMap((name) => {
    const read = principal("AWS", name);
    if (read.kind === "anyone" && roles.length > 0) return roles;
    if (read.kind === "anyone" && input.vendorAccounts.length > 0) return input.vendorAccounts;
    if (read.kind !== "account") return [name];
    const its = roles.filter((role) => role.split(":")[4] === read.account);
    return its.length === 0 ? [name] : its;
  });
  return [...new Set(result)];
}

/** The other conditions as they were, and the one ID. */
function demanded(condition: unknown): Fields {
  const kept = isFields(condition)
    ? mapped(condition, (_, keys) =>
        isFields(keys)
          ? Object.fromEntries(Object.entries(keys).filter(([key]) => key.toLowerCase() !== EXTERNAL_ID_KEY))
          : keys,
      )
    : {};
  const rest = Object.entries(kept).filter(([, keys]) => isFields(keys) && Object.keys(keys).length > 0);
  const equals = rest.filter(([operator]) => operator === "StringEquals").map(([, keys]) => keys as Fields);
  return {
    ...Object.fromEntries(rest),
    StringEquals: Object.assign({}, ...equals, { "sts:ExternalId": PLACEHOLDER }) as Fields,
  };
}

function listed(type: string, names: readonly string[]): Fields {
  return names.length === 0 ? {} : { [type]: names.length === 1 ? names[0] : names };
}

function mapped(fields: Fields, map: (name: string, value: unknown) => unknown): Fields {
  return Object.fromEntries(Object.entries(fields).map(([name, value]) => [name, map(name, value)]));
}

function isFields(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function textsOf(value: unknown): readonly string[] {
  return [value].flat().filter((each) => typeof each === "string");
}
