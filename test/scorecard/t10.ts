import { collector, worldFor } from "./live-world.ts";
import { deliver } from "../../src/pipeline/deliver.ts";
import { noFailures } from "../../src/pipeline/destinations.ts";
import { ingest, type Message } from "../../src/pipeline/ingest.ts";
import { openLibrary, START_MS, storyOf } from "../sim/story.ts";
import { sized, type ScorecardTest } from "./card.ts";

const BATCH = 10;

export const t10: ScorecardTest = {
  id: "T10",
  part: "A",
  title: "dead letters redriven three times tell nobody anything new",
  run: async (sizing) => {
    const library = await openLibrary();
    const story = await storyOf(sizing.seed, library, {
      events: Math.max(100, sized(2_000, sizing)),
      longestMs: 3_600_000,
    });
    const readable = story.sent.filter(({ poison }) => !poison);
    const wanting = sized(5_000, sizing);
    const messages = Array.from({ length: wanting }, (_, at): Message => {
      const { body } = readable[at % readable.length]!;
      return { id: `m${at}`, body, receives: 1, sentMs: START_MS };
    });
    const world = worldFor(library.settings, story.objects);
    const heard = collector();
    const post = { outbox: world.outbox, channels: heard.channels, now: world.now };
    const known = noFailures();
    const told: number[] = [];
    for (let time = 0; time < 4; time++) {
      for (let at = 0; at < messages.length; at += BATCH) {
        const { failed } = await ingest(messages.slice(at, at + BATCH), world);
        if (failed.length > 0) return { verdict: "FAIL", figure: failed.length, unit: "failed" };
      }
      await deliver(post, known);
      told.push(heard.sends());
    }
    const [first = 0, ...later] = told;
    const same = [...story.wanted.keys()].every((id) => heard.ids.has(id)) && heard.ids.size === story.wanted.size;
    const verdict = first === 0 ? "VACUOUS" : same && later.every((count) => count === first) ? "PASS" : "FAIL";
    return {
      verdict,
      figure: (later.at(-1) ?? 0) - first,
      unit: "pages",
      detail: `after ${first} for ${wanting} messages`,
    };
  },
};
