import { dice } from "../../src/simulate/dice.ts";
import { deployment, otherCall, serviceAssumption } from "../../src/simulate/noise.ts";
import type { TrailRecord } from "../../src/simulate/record.ts";
import { natAddress, type Story } from "./crossing.ts";
import { HOMES, HOUR_MS } from "./estate.ts";

/** What else fills a vendor's trail: AWS services assuming their roles, deployments, and calls that are not STS's. */
export function* background(story: Story): Generator<TrailRecord> {
  const { seed, startMs, days } = story;
  for (let hour = 0; hour < days * 24; hour++) {
    const chance = dice(seed, `background ${hour}`);
    const somewhen = (): number => startMs + hour * HOUR_MS + chance.below(3600) * 1000;
    for (const home of HOMES) {
      for (let n = 0; n < 10; n++) yield serviceAssumption(somewhen(), home.region, chance);
      for (let n = 0; n < 15; n++) {
        const timeMs = somewhen();
        yield otherCall(timeMs, home.region, natAddress(story, home, timeMs), chance);
      }
    }
    if (hour % 6 === 1) yield deployment(somewhen(), chance);
  }
}
