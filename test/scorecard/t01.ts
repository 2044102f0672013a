import { simulateAside } from "../sim/aside.ts";
import { sized, type ScorecardTest } from "./card.ts";

/** Each seed is a few hours of the pipeline in a world where everything fails until it heals. */
export const t01: ScorecardTest = {
  id: "T01",
  part: "A",
  title: "simulation: nothing lost, nothing invented, nothing stuck",
  run: async (sizing) => {
    const each = Math.ceil(sized(10_000, sizing) / 2);
    const runs = await Promise.all(
      [0, 1].map((share) => simulateAside({ from: sizing.seed + share, seeds: each, step: 2 })),
    );
    const sum = (of: (run: (typeof runs)[number]) => number): number => runs.reduce((total, run) => total + of(run), 0);
    const [seeds, crashes] = [sum((run) => run.seeds), sum((run) => run.crashes)];
    const failures = runs.flatMap(({ failure }) => failure ?? []);
    const telling = sum((run) => run.wanting) >= 0.95 * seeds && crashes >= 200 * seeds;
    return {
      verdict: failures.length > 0 ? "FAIL" : telling ? "PASS" : "VACUOUS",
      figure: crashes,
      unit: "crashes",
      detail:
        failures.length > 0
          ? failures.map(({ seed: at, violations }) => `seed ${at}: ${violations.slice(0, 5).join("; ")}`).join("\n")
          : `${seeds} seeds, ${sum((run) => run.wanting)} of them with an alert to find`,
    };
  },
};
