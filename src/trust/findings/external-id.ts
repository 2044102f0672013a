import { EXTERNAL_ID_KEY, type Condition } from "../condition.ts";
import type { Entry } from "../entries.ts";
import { about, ASSUME_ROLE } from "../evaluate.ts";
import { mentionsId } from "../ids.ts";
import type { Policy, Statement } from "../policy.ts";
import { YES } from "../tri.ts";
import type { Finder, Finding } from "./finding.ts";

const FIX =
  'Demand it where the statement lets in: "Condition": {"StringEquals": {"sts:ExternalId": "<EXTERNAL_ID>"}}, with the ' +
  "one ID that the vendor made for this customer.";

/**
 * `external-id-missing`, `external-id-bypassable`: one finding for each statement that lets in without an external ID,
 * or with one that the policy does not name.
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_common-scenarios_third-party.html
 */
export const externalId: Finder = ({ accounts, policy }) => {
  const findings = new Map<number, Finding>();
  for (const { externalId: verdict, entries } of accounts) {
    if (verdict !== "missing" && verdict !== "bypassable") continue;
    for (const [statement, found] of Map.groupBy(entries, (entry) => entry.statement)) {
      const ways = found.filter(({ id }) => id !== "right");
      if (ways.length === 0 || findings.has(statement.index)) continue;
      findings.set(
        statement.index,
        verdict === "missing" ? missing(statement, ways) : bypassable(statement, ways, policy),
      );
    }
  }
  return [...findings.values()];
};

function missing(statement: Statement, ways: readonly Entry[]): Finding {
  return {
    id: "external-id-missing",
    severity: surely(ways) ? "high" : "medium",
    statement: statement.index,
    why: `${subject(ways)} without an external ID, so anybody whom the vendor serves can name this role as his own.`,
    fix: FIX,
  };
}

function bypassable(statement: Statement, ways: readonly Entry[], policy: Policy): Finding {
  const without = ways.some(({ id }) => id === "none");
  const wrong = ways.some(({ id }) => id === "wrong");
  const with_ =
    without && wrong
      ? "without an external ID and with a wrong one"
      : without
        ? "without an external ID"
        : "with a wrong external ID";
  return {
    id: "external-id-bypassable",
    severity: surely(ways) ? "high" : "medium",
    statement: statement.index,
    why: `${subject(ways)} ${with_}: ${reasons(statement, policy).join("; ")}.`,
    fix: FIX,
  };
}

function subject(ways: readonly Entry[]): string {
  return surely(ways) ? "It can be assumed" : "It cannot be ruled out that it can be assumed";
}

function surely(ways: readonly Entry[]): boolean {
  return ways.some(({ sure }) => sure === YES);
}

/** Why what is asked for the external ID does not hold: in the statement itself, else in the Denies that should. */
function reasons(statement: Statement, policy: Policy): readonly string[] {
  if (mentionsId(statement))
    return [
      ...new Set(
        own(statement)
          .map(weaknessOfAllow)
          .filter((each) => each !== ""),
      ),
    ];
  const denies = about(policy, ASSUME_ROLE).filter((each) => each.effect === "Deny" && mentionsId(each));
  if (denies.length === 0) return ["this statement does not ask for it, whatever the others ask"];
  return denies.flatMap((deny) =>
    own(deny).map((each) => `the Deny of statement ${deny.index} ${weaknessOfDeny(each)}`),
  );
}

function own({ conditions }: Statement): readonly Condition[] {
  return conditions.filter(({ key }) => key === EXTERNAL_ID_KEY);
}

/** An operator's name is whatever somebody wrote. */
function nameOf({ operator: { written } }: Condition): string {
  return written.length > 48 ? `${written.slice(0, 48)}…` : written;
}

function weaknessOfAllow(condition: Condition): string {
  const { operator, values, patterns } = condition;
  const name = nameOf(condition);
  if (operator.comparison === "unknown") return `${name} is no operator that AWS documents`;
  if (operator.comparison === "null") {
    return values.some((value) => value.toLowerCase() === "true")
      ? `${name} demands that none is sent`
      : `${name} demands only that some ID is sent`;
  }
  if (!operator.comparison.startsWith("string")) return `${name} compares an ID with what it is not`;
  if (values.includes("")) return "an empty value asks for nothing";
  if (operator.negated) return `${name} lets everything in but what it names`;
  if (operator.ifExists) return `${name} holds when none is sent`;
  if (operator.set === "all") return `${name} holds when none is sent`;
  if (patterns.some(({ uncertain }) => uncertain)) return "a policy variable stands where the ID should";
  if (patterns.some(({ literal }) => literal === null)) return `${name} takes whatever fits its wildcards`;
  return "";
}

function weaknessOfDeny(condition: Condition): string {
  const { operator, patterns } = condition;
  const name = nameOf(condition);
  if (operator.comparison === "null") return "refuses only by whether an ID is sent";
  if (!operator.comparison.startsWith("string")) return `cannot be relied on: ${name}`;
  if (!operator.negated) return "refuses only the IDs that it names";
  if (operator.set === "any") return `does not apply when none is sent: ${name}`;
  if (patterns.some(({ literal }) => literal === null)) return `takes whatever fits the wildcards of ${name}`;
  return "does not cover every request";
}
