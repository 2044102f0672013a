import { crashEverywhere } from "../sim/crash-points.ts";
import { openLibrary } from "../sim/story.ts";
import type { ScoreTest } from "./score-test.ts";

export const t03: ScoreTest = {
  id: "T03",
  part: "A",
  title: "a crash before or after every step, alone and in pairs",
  run: async ({ quick }) => {
    const { schedules, steps, failures } = await crashEverywhere(await openLibrary(), quick ? 19 : 60);
    const enough = schedules >= (quick ? 700 : 7_000);
    const verdict = failures.length > 0 ? "FAIL" : enough ? "PASS" : "VACUOUS";
    return { verdict, figure: schedules, unit: `schedules over ${steps} steps`, detail: failures.slice(0, 10) };
  },
};
