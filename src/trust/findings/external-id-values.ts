import { EXTERNAL_ID, assessStrength } from "../../trail/external-id.ts";
import { EXTERNAL_ID_KEY } from "../condition.ts";
import { about, ASSUME_ROLE } from "../evaluate.ts";
import type { Statement } from "../policy.ts";
import type { Finder, Finding } from "./finding.ts";

/** Two are a rotation: the old ID and the new one. */
const MOST_VALUES = 2;

/**
 * `external-id-many-values`, `external-id-weak`, `external-id-unusable`: the IDs themselves, which no sentence quotes.
 * @see https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html
 */
export const externalIdValues: Finder = ({ accounts, policy, idsReplaced }) => {
  if (accounts.every(({ entries }) => entries.length === 0)) return [];
  return about(policy, ASSUME_ROLE).flatMap((statement) => {
    const ids = idsIn(statement);
    return [
      ...(ids.length > MOST_VALUES ? [manyValues(statement, ids.length)] : []),
      ...(idsReplaced ? [] : [...weak(statement, ids), ...unusable(statement, ids)]),
    ];
  });
};

/** The IDs that one statement names as right, each once. */
function idsIn({ conditions }: Statement): readonly string[] {
  const named = conditions.filter(({ key }) => key === EXTERNAL_ID_KEY).flatMap(({ patterns }) => patterns);
  return [...new Set(named.flatMap(({ literal }) => (literal === null || literal === "" ? [] : [literal])))];
}

function manyValues({ index }: Statement, count: number): Finding {
  return {
    id: "external-id-many-values",
    severity: "medium",
    statement: index,
    why: `${count} external IDs are right at once. One customer has one, and two for as long as it is being changed.`,
    fix: "Keep the ID that the vendor uses for this role now, and take the others out.",
  };
}

function weak({ index }: Statement, ids: readonly string[]): readonly Finding[] {
  const reasons = ids
    .filter((id) => EXTERNAL_ID.test(id))
    .map(assessStrength)
    .filter(({ strength }) => strength === "weak")
    .map(({ why }) => why);
  if (reasons.length === 0) return [];
  return [
    {
      id: "external-id-weak",
      severity: "medium",
      statement: index,
      why: `An external ID here can be guessed: ${[...new Set(reasons)].join("; ")}.`,
      fix: "Have the vendor make a new, random one, such as a UUID of version 4 (`deputywatch external-id generate`).",
    },
  ];
}

function unusable({ index }: Statement, ids: readonly string[]): readonly Finding[] {
  if (ids.every((id) => EXTERNAL_ID.test(id))) return [];
  return [
    {
      id: "external-id-unusable",
      severity: "low",
      statement: index,
      why: "A value that is demanded as external ID is none that AWS would take, so nobody can ever send it.",
      fix: "Write the vendor's ID in its place: 2 to 1224 letters, digits and _+=,.@:/- and nothing else.",
    },
  ];
}
