import { simulateAside } from "../sim/aside.ts";
import type { ScoreTest } from "./score-test.ts";

/** Each seed is a few hours of the pipeline in a world where everything fails until it heals. */
export const t01: ScoreTest = {
  id: "T01",
  part: "A",
  title: "simulation: nothing lost, nothing invented, nothing stuck",
  run: async ({ quick, seed }) => {
    const each = quick ? 500 : 5_000;
    const runs = await Promise.all([0, 1].map((share) => simulateAside({ from: seed + share, seeds: each, step: 2 })));
    const sum = (of: (run: (typeof runs)[number]) => number): number => runs.reduce((total, run) => total + of(run), 0);
    const [seeds, crashes] = [sum((run) => run.seeds), sum((run) => run.crashes)];
    const failures = runs.flatMap(({ failure }) => failure ?? []);
    const telling = sum((run) => run.wanting) >= 0.95 * seeds && crashes >= 200 * seeds;
    return {
      verdict: failures.length > 0 ? "FAIL" : telling ? "PASS" : "VACUOUS",
      figure: crashes,
      unit: `crashes in ${seeds} seeds`,
      detail: failures.map(({ seed: at, violations }) => `seed ${at}: ${violations.slice(0, 5).join("; ")}`),
    };
  },
};
