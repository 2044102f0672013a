import type { Findings } from "../properties/property.ts";
import type { Outcome } from "./card.ts";

/** What must have been put to the test for a pass to mean anything. */
export interface Gate {
  /** The least share of runs that could have failed. */
  readonly telling: number;
  /** What must have been met at least once. */
  readonly marks?: readonly string[];
}

/** The outcome of a property's runs: the first counterexample fails them, a gate that is not reached voids them. */
export function verdictOf({ runs, telling, marks, broken }: Findings, gate: Gate): Outcome {
  const result = { figure: runs, unit: "runs" };
  if (broken !== null) return { ...result, verdict: "FAIL", detail: broken };
  const missing = (gate.marks ?? []).filter((mark) => !marks.has(mark));
  if (missing.length > 0) return { ...result, verdict: "VACUOUS", detail: `never met: ${missing.join(", ")}` };
  if (telling / runs >= gate.telling) return { ...result, verdict: "PASS" };
  const share = `${telling} of ${runs} runs told anything`;
  return { ...result, verdict: "VACUOUS", detail: `${share}, where ${gate.telling * 100} % must` };
}

/** Several outcomes as one: the worst, and all their figures. */
export function worst(outcomes: readonly [Outcome, ...Outcome[]]): Outcome {
  const order: readonly Outcome["verdict"][] = ["PASS", "VACUOUS", "FAIL"];
  const [first] = outcomes.toSorted((a, b) => order.indexOf(b.verdict) - order.indexOf(a.verdict));
  const details = outcomes.flatMap(({ detail }) => detail ?? []);
  return {
    verdict: first!.verdict,
    figure: outcomes.reduce((sum, { figure }) => sum + figure, 0),
    unit: first!.unit,
    detail: details.length === 0 ? undefined : details.join("\n"),
  };
}
