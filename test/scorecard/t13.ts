import { dice } from "../../src/simulate/dice.ts";
import { ingest, type Message } from "../../src/pipeline/ingest.ts";
import { deliver } from "../../src/pipeline/deliver.ts";
import { noFailures } from "../../src/pipeline/destinations.ts";
import { HOUR_MS, openLibrary, storyOf } from "../sim/story.ts";
import { collector, worldFor } from "./live-world.ts";
import { sized, type ScorecardTest } from "./card.ts";

const DAY_MS = 24 * HOUR_MS;

export const t13: ScorecardTest = {
  id: "T13",
  part: "A",
  title: "events that come hours and days late are judged, and counted as late",
  run: async (sizing) => {
    const { seed } = sizing;
    const library = await openLibrary();
    const detail: string[] = [];
    let [late, alerts] = [0, 0];
    for (let run = seed; run < seed + sized(200, sizing); run++) {
      const chance = dice(run, "lateness");
      const { pieces, wanted } = await storyOf(run, library, { events: 80, longestMs: HOUR_MS });
      const world = worldFor(library.settings);
      const heard = collector();
      let [expected, counted, calls] = [0, 0, 0];
      const comeLate = pieces.map(({ record, event }, at) => {
        const lateMs = at % 2 === 0 ? chance.below(DAY_MS) : DAY_MS + chance.below(13 * DAY_MS);
        if (lateMs > HOUR_MS && record.eventSource === "sts.amazonaws.com") expected++;
        return {
          id: `m${at}`,
          body: event,
          receives: 1,
          sentMs: Date.parse(record.eventTime) + lateMs,
        } satisfies Message;
      });
      for (const message of comeLate.sort((a, b) => a.sentMs - b.sentMs)) {
        const answer = await ingest([message], { ...world, now: () => message.sentMs });
        counted += answer.late.calls;
        calls += answer.done.length;
      }
      await deliver({ outbox: world.outbox, channels: heard.channels, now: world.now }, noFailures());
      const missed = [...wanted.keys()].filter((id) => !heard.ids.has(id));
      if (calls !== pieces.length) detail.push(`seed ${run}: ${pieces.length - calls} dropped`);
      if (counted !== expected) detail.push(`seed ${run}: ${counted} counted as late, ${expected} were`);
      if (missed.length > 0 || heard.ids.size !== wanted.size)
        detail.push(`seed ${run}: ${missed.length} alerts missed`);
      late += counted;
      alerts += heard.ids.size;
    }
    const verdict = detail.length > 0 ? "FAIL" : late > 0 && alerts > 0 ? "PASS" : "VACUOUS";
    return { verdict, figure: late, unit: "late", detail: [`${alerts} alerts`, ...detail.slice(0, 10)].join("\n") };
  },
};
