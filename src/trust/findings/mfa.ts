import { MFA_KEYS, type Entry } from "../entries.ts";
import type { Finder, Finding, Matter } from "./finding.ts";

/**
 * `mfa-missing`, `mfa-bypassable`, `mfa-for-machine`: a second factor is for people. It never makes up for a third
 * party's external ID, and a workload cannot show one.
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_mfa_configure-api-require.html
 */
export const mfa: Finder = (matter) => [...withoutFactor(matter), ...forMachine(matter)];

function withoutFactor({ foreign }: Matter): readonly Finding[] {
  const findings = new Map<number, Finding>();
  for (const entry of foreign.flatMap(({ entries }) => entries)) {
    const { statement, id, mfa: shown } = entry;
    if (shown || id === "right" || findings.has(statement.index)) continue;
    if (statement.conditions.some(({ key }) => MFA_KEYS.has(key))) findings.set(statement.index, bypassable(entry));
    else if (namesUser(entry)) findings.set(statement.index, missing(entry));
  }
  return [...findings.values()];
}

function bypassable({ statement: { index } }: Entry): Finding {
  return {
    id: "mfa-bypassable",
    severity: "medium",
    statement: index,
    why: "A second factor is asked for, and who shows none enters all the same: …IfExists, ForAllValues, Null and negated operators hold where the key is absent, as it is with long-term keys.",
    fix: '"Condition": {"Bool": {"aws:MultiFactorAuthPresent": "true"}}, without IfExists.',
  };
}

function missing({ statement: { index } }: Entry): Finding {
  return {
    id: "mfa-missing",
    severity: "medium",
    statement: index,
    why: "A user of another account enters with an access key alone.",
    fix: '"Condition": {"Bool": {"aws:MultiFactorAuthPresent": "true"}} for people; a role and an external ID for workloads.',
  };
}

function namesUser({ caller, statement }: Entry): boolean {
  return (
    caller.type === "User" &&
    statement.principals.list.some((each) => each.kind === "identity" && each.arn === caller.arn)
  );
}

function forMachine({ accounts, vendorAccounts }: Matter): readonly Finding[] {
  if (vendorAccounts.length === 0) return [];
  const indexes = accounts
    .filter((verdict) => verdict.mfa === "enforced")
    .flatMap(({ entries }) => entries.map(({ statement }) => statement.index));
  return [...new Set(indexes)].map((index) => ({
    id: "mfa-for-machine",
    severity: "medium",
    statement: index,
    why: "The vendor must show a second factor. Its workloads cannot, so they are locked out, or a person's device does their work; and no factor tells one customer from another.",
    fix: "Demand the external ID instead, and leave aws:MultiFactorAuthPresent to statements for people.",
  }));
}
