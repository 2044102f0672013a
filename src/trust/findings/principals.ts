import { STRANGER } from "../callers.ts";
import { about, ASSUME_ROLE } from "../evaluate.ts";
import type { Statement } from "../policy.ts";
import type { Principal } from "../principal.ts";
import type { Finder, Finding, Matter } from "./finding.ts";

/**
 * `wildcard-principal`, `not-principal`, `account-trusted-as-root`, `deleted-principal`, `unknown-principal-kind`: whom a
 * statement names.
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html
 */
export const principals: Finder = (matter) =>
  about(matter.policy, ASSUME_ROLE).flatMap((statement) => [
    ...notPrincipal(statement, matter),
    ...(statement.effect === "Allow" && !statement.principals.except ? ofAllow(statement, matter) : []),
    ...(some(statement, "unique-id") ? [deleted(statement, matter)] : []),
    ...(some(statement, "other") ? [unknownKind(statement)] : []),
  ]);

function some({ principals: { list } }: Statement, kind: Principal["kind"]): boolean {
  return list.some((each) => each.kind === kind);
}

/** Whether somebody of no account that the policy names enters so, with neither the right ID nor a second factor. */
function opensToAll({ index }: Statement, { foreign }: Matter): boolean {
  return foreign.some(
    ({ account, entries }) =>
      account === STRANGER &&
      entries.some(({ statement, id, mfa }) => statement.index === index && id !== "right" && !mfa),
  );
}

function notPrincipal(statement: Statement, matter: Matter): readonly Finding[] {
  if (!statement.principals.except) return [];
  const allow = statement.effect === "Allow";
  return [
    {
      id: "not-principal",
      severity: !allow ? "low" : opensToAll(statement, matter) ? "critical" : "high",
      statement: statement.index,
      why: allow
        ? "NotPrincipal in an Allow lets in everybody but those that it names, whoever they are and will be."
        : "NotPrincipal in a Deny refuses by account, role and session, each by itself: easily more or fewer than was meant.",
      fix: allow
        ? "Name in Principal who may enter, and nobody else."
        : 'Write "Principal": "*" with a condition on aws:PrincipalArn (ArnNotEquals) instead.',
    },
  ];
}

function ofAllow(statement: Statement, matter: Matter): readonly Finding[] {
  return [...(some(statement, "anyone") ? [wildcard(statement, matter)] : []), ...wholeAccount(statement, matter)];
}

function wildcard(statement: Statement, matter: Matter): Finding {
  const open = opensToAll(statement, matter);
  return {
    id: "wildcard-principal",
    severity: open ? "critical" : "medium",
    statement: statement.index,
    why: open
      ? 'Principal "*" lets in every AWS account, and nothing that a stranger could not satisfy is asked of it.'
      : 'Principal "*" names every AWS account; only the conditions keep strangers out.',
    fix: `Name who enters: ${whomToName(matter)}.`,
  };
}

/** Narrowed by a condition on who calls, an account's root stands for whom that condition leaves. */
const NARROWING: ReadonlySet<string> = new Set(["aws:principalarn", "aws:userid"]);

function wholeAccount(statement: Statement, matter: Matter): readonly Finding[] {
  if (statement.conditions.some(({ key }) => NARROWING.has(key))) return [];
  const judged = new Set(matter.accounts.filter(({ entries }) => entries.length > 0).map(({ account }) => account));
  const whole = statement.principals.list.filter((each) => each.kind === "account" && judged.has(each.account));
  if (whole.length === 0) return [];
  return [
    {
      id: "account-trusted-as-root",
      severity: "low",
      statement: statement.index,
      why: "The account as a whole is trusted: every principal of it that may call sts:AssumeRole can enter, not only the role that should.",
      fix: `Name the role instead: ${whomToName(matter)}.`,
    },
  ];
}

function whomToName({ vendorRoles }: Matter): string {
  if (vendorRoles.length === 0)
    return 'the role that the vendor enters with, as "AWS": "arn:aws:iam::VENDOR:role/NAME"';
  return `"AWS": ${JSON.stringify(vendorRoles.length === 1 ? vendorRoles[0] : vendorRoles)}`;
}

function deleted({ index, principals: { list } }: Statement, { uniqueIds }: Matter): Finding {
  const ids = list.filter((each) => each.kind === "unique-id").map(({ id }) => id);
  const gone = uniqueIds === "dead";
  return {
    id: "deleted-principal",
    severity: gone ? "low" : "medium",
    statement: index,
    why: gone
      ? `${ids.join(", ")}: what IAM shows of a principal that was deleted. One that is made again under its name is not let in.`
      : `${ids.join(", ")}: a principal by its unique id, so that nobody can read whom it names; IAM shows deleted ones so.`,
    fix: "Name the living principal by its ARN, or take it out.",
  };
}

function unknownKind({ index, principals: { list } }: Statement): Finding {
  const kinds = new Set(list.flatMap((each) => (each.kind === "other" ? [each.type.slice(0, 32)] : [])));
  return {
    id: "unknown-principal-kind",
    severity: "medium",
    statement: index,
    why: `A principal under ${[...kinds].join(", ")} is none that a role's trust policy can have; whom it lets in cannot be told.`,
    fix: "Name the principal by its ARN under AWS; an ARN must hold no wildcard.",
  };
}
