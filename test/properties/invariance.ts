import { dice } from "../../src/simulate/dice.ts";
import { difference, lived, replayed, type Event, type Told } from "./court.ts";
import type { Property } from "./property.ts";
import { shrunk } from "./shrink.ts";
import { inBatches, shuffled } from "./shuffle.ts";
import { storyOf, type Story } from "./story.ts";

/** How the same events may arrive. Each is a function of the events and the seed, so that fewer events replay alike. */
const ARRIVALS: Readonly<Record<string, (story: Story, seed: number) => Promise<Told>>> = {
  "in another order": ({ vendor, events }, seed) => {
    const chance = dice(seed, "order");
    const mixed = shuffled(events, chance);
    return lived(vendor, chance.below(4) === 0 ? [mixed] : inBatches(mixed, chance.pick([8, 128, 400]), chance));
  },
  "twice and more": ({ vendor, events }, seed) => {
    const chance = dice(seed, "redelivery");
    const again = events.filter(() => chance.below(2) === 0);
    return lived(vendor, inBatches(shuffled([...events, ...again, ...again.slice(0, 10)], chance), 800, chance));
  },
  "in several memories": ({ vendor, events }, seed) => {
    const chance = dice(seed, "shares");
    const shares = Array.from({ length: 2 + chance.below(4) }, (): Event[] => []);
    for (const event of shuffled(events, chance)) {
      chance.pick(shares).push(event);
      // What was delivered twice may well be read by two.
      if (chance.below(8) === 0) chance.pick(shares).push(event);
    }
    return replayed(
      vendor,
      shares.map((share) => inBatches(share, 200, chance)),
    );
  },
};

/**
 * The alerts are a function of the set of events: whatever their order, however often each is delivered, in whatever
 * batches, and over however many memories they are shared out, the alerts are the same to the byte.
 */
export const invariance: Property = async (seed) => {
  const story = storyOf(seed);
  const expected = await lived(story.vendor, [story.events]);
  for (const [arrival, arrive] of Object.entries(ARRIVALS)) {
    const broken = difference(expected, await arrive(story, seed));
    if (broken === undefined) continue;
    const parts = async (events: readonly Event[]): Promise<string | undefined> =>
      difference(await lived(story.vendor, [events]), await arrive({ ...story, events }, seed));
    const few = await shrunk(story.events, async (events) => (await parts(events)) !== undefined);
    return {
      telling: true,
      broken: `${few.length} events ${arrival}: ${(await parts(few)) ?? broken}\n  events ${JSON.stringify(few)}`,
    };
  }
  return { telling: expected.lines.length > 0, marks: expected.detectors };
};
