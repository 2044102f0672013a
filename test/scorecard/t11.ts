import { ingest, type Message } from "../../src/pipeline/ingest.ts";
import { openLibrary, START_MS } from "../sim/story.ts";
import { worldFor } from "./live-world.ts";
import { sized, type ScorecardTest } from "./card.ts";

/** What nobody can read, each in its way. */
const POISON: readonly string[] = [
  '{"Records":[{"eventName":"AssumeRole"',
  "[".repeat(50_000),
  "",
  "\ud800 not text",
  '{"neither":"record nor envelope"}',
  '{"eventSource":"sts.amazonaws.com","eventName":"AssumeRole","eventTime":"2026-02-30T00:00:00Z"}',
];

export const t11: ScorecardTest = {
  id: "T11",
  part: "A",
  title: "one poison message in each batch of ten",
  run: async (sizing) => {
    const { settings, ordinary: all } = await openLibrary();
    const ordinary = all.filter(({ record }) => record.eventName === "AssumeRole");
    const batches = sized(1_000, sizing);
    const world = worldFor(settings);
    let [done, stuck, calls] = [0, 0, 0];
    for (let batch = 0; batch < batches; batch++) {
      const messages = Array.from({ length: 10 }, (_, at): Message => {
        const body =
          at === batch % 10 ? POISON[batch % POISON.length]! : ordinary[(9 * batch + at) % ordinary.length]!.event;
        return { id: `${batch}-${at}`, body, receives: 1, sentMs: START_MS };
      });
      const answer = await ingest(messages, world);
      done += answer.done.length;
      stuck += answer.failed.length;
      calls += answer.calls;
    }
    const whole = done === 10 * batches && calls === 9 * batches && world.kept.size === batches && stuck === 0;
    return {
      verdict: whole ? "PASS" : "FAIL",
      figure: calls,
      unit: "processed",
      detail: `${world.kept.size} quarantined, ${stuck} stuck`,
    };
  },
};
