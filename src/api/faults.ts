import type * as z from "zod";
import { refuse, type Fault, type Refusal } from "./problem.ts";

type Issue = z.core.$ZodIssue;

/** So many are told at once; who has more has another kind of file. */
const MOST_FAULTS = 20;

/**
 * What is wrong, for the caller to mend. It names places and rules only: whatever was sent, a member's name among it, may be
 * a secret in the wrong place.
 */
export function faultsOf({ issues }: z.core.$ZodError): Refusal {
  const errors = issues.slice(0, MOST_FAULTS).flatMap((issue) => told(issue, ""));
  const more = issues.length - MOST_FAULTS;
  return refuse("invalid-request", { errors, ...(more > 0 && { detail: `and ${more} more` }) });
}

function told(issue: Issue, above: string): Fault[] {
  const pointer = above + issue.path.map((step) => `/${String(step)}`).join("");
  if (issue.code === "unrecognized_keys") return [{ pointer, detail: "has a member that is not known here" }];
  if (issue.code !== "invalid_union") return [{ pointer, detail: issue.message }];
  const meant = branchOf(issue.errors);
  return meant === undefined
    ? [{ pointer, detail: "neither an account number nor an object with one" }]
    : meant.slice(0, 1).flatMap((one) => told(one, pointer));
}

/** The alternative that was meant is one whose kind it is: text, or an object. */
function branchOf(branches: readonly (readonly Issue[])[]): readonly Issue[] | undefined {
  return branches.find(([first]) => first?.code !== "invalid_type" || first.path.length > 0);
}
