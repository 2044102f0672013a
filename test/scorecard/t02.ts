import { hunt } from "../sim/kill.ts";
import { MUTANTS } from "../sim/mutants.ts";
import { sized, type ScorecardTest } from "./card.ts";

/** What would notice nothing proves nothing: each design that is known to fail must fail in the simulation. */
export const t02: ScorecardTest = {
  id: "T02",
  part: "A",
  title: "each named mutant is noticed by the simulation",
  run: async (sizing) => {
    const waiting = MUTANTS.values();
    const detail: string[] = [];
    let killed = 0;
    const hunter = async (): Promise<void> => {
      for (const mutant of waiting) {
        const { failure, seeds } = await hunt(mutant, Math.max(100, sized(1_000, sizing)));
        if (failure === null) detail.push(`"${mutant.name}" survived ${seeds} seeds`);
        else killed++;
      }
    };
    await Promise.all([hunter(), hunter()]);
    return {
      verdict: killed === MUTANTS.length ? "PASS" : "FAIL",
      figure: killed,
      unit: "mutants",
      detail: detail.join("\n"),
    };
  },
};
