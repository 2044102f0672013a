import { hunt } from "../sim/kill.ts";
import { MUTANTS } from "../sim/mutants.ts";
import type { ScoreTest } from "./score-test.ts";

/** What would notice nothing proves nothing: each design that is known to fail must fail in the simulation. */
export const t02: ScoreTest = {
  id: "T02",
  part: "A",
  title: "each named mutant is noticed by the simulation",
  run: async ({ quick }) => {
    const waiting = MUTANTS.values();
    const detail: string[] = [];
    let killed = 0;
    const hunter = async (): Promise<void> => {
      for (const mutant of waiting) {
        const { failure, seeds } = await hunt(mutant, quick ? 100 : 1_000);
        if (failure === null) detail.push(`"${mutant.name}" survived ${seeds} seeds`);
        else killed++;
      }
    };
    await Promise.all([hunter(), hunter()]);
    const figure = `${killed}/${MUTANTS.length}`;
    return { verdict: killed === MUTANTS.length ? "PASS" : "FAIL", figure, unit: "mutants killed", detail };
  },
};
