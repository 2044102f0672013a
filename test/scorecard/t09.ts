import { simulate } from "../sim/simulate.ts";
import { violations } from "../sim/run.ts";
import { HOUR_MS, MINUTE_MS, openLibrary, START_MS, storyOf } from "../sim/story.ts";
import { sized, type ScorecardTest } from "./card.ts";

const CALM = { crash: 5, refused: 5, answerLost: 5, slowestMs: 50 } as const;

export const t09: ScorecardTest = {
  id: "T09",
  part: "A",
  title: "the database is gone for half an hour, and for six",
  run: async (sizing) => {
    const { seed } = sizing;
    const library = await openLibrary();
    const detail: string[] = [];
    let [worstMs, wanted] = [0, 0];
    for (let run = seed; run < seed + sized(10, sizing); run++) {
      for (const outageMs of [30 * MINUTE_MS, 6 * HOUR_MS]) {
        const story = await storyOf(run, library, { events: 300, longestMs: outageMs + HOUR_MS });
        const [fromMs, toMs] = [START_MS + 5 * MINUTE_MS, START_MS + 5 * MINUTE_MS + outageMs];
        const outcome = await simulate(run, story, library, {
          odds: CALM,
          outages: [{ fromMs, toMs, what: /^(?:table|outbox)\./ }],
          healAfterMs: outageMs + 10 * MINUTE_MS,
          // Twelve hours of receives: a message that came all through the longest outage is no dead letter.
          maxReceives: 240,
        });
        const lastMs = Math.max(toMs, ...story.sent.map(({ atMs }) => atMs));
        worstMs = Math.max(worstMs, START_MS + outcome.endMs - lastMs);
        wanted += outcome.wanted;
        detail.push(...violations(outcome).map((wrong) => `seed ${run}, ${outageMs / MINUTE_MS} min: ${wrong}`));
      }
    }
    const verdict = detail.length > 0 || worstMs > 15 * MINUTE_MS ? "FAIL" : wanted > 0 ? "PASS" : "VACUOUS";
    return {
      verdict,
      figure: Number((worstMs / MINUTE_MS).toFixed(1)),
      unit: "min",
      detail: ["to drain, at worst", ...detail.slice(0, 10)].join("\n"),
    };
  },
};
