import { crashEverywhere } from "../sim/crash-points.ts";
import { openLibrary } from "../sim/story.ts";
import type { ScorecardTest } from "./card.ts";

export const t03: ScorecardTest = {
  id: "T03",
  part: "A",
  title: "a crash before or after every step, alone and in pairs",
  run: async ({ scale }) => {
    const { schedules, steps, failures } = await crashEverywhere(await openLibrary(), Math.ceil(60 * Math.sqrt(scale)));
    const enough = schedules >= 7_000 * scale;
    const verdict = failures.length > 0 ? "FAIL" : enough ? "PASS" : "VACUOUS";
    return {
      verdict,
      figure: schedules,
      unit: "schedules",
      detail: [`over ${steps} steps`, ...failures.slice(0, 10)].join("\n"),
    };
  },
};
