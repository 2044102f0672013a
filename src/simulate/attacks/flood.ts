import { workloadNamed } from "../estate.ts";
import { outsideAddress } from "../network.ts";
import type { Step } from "../step.ts";
import { MINUTE_MS } from "../time.ts";
import { intrude, neighboursOf, type Recipe, type Scene, type Twist } from "./recipe.ts";
import { guessed } from "./sweeps.ts";

/** Events of the flood: 20,000 of 2,000 customers, and never fewer than this. */
const FEWEST_EVENTS = 5_000;
const EVENTS_A_CUSTOMER = 10;
const SPAN_MS = 90 * MINUTE_MS;
/** The intruder's own accounts let the vendor in, in so many roles: each is a subject of its own. */
const OWN_ROLES = 200;

/**
 * A theft under cover: with another workload's stolen session the intruder makes as much noise as it can, so that
 * nobody reads of the calls that matter. What is wrong with the cover is wrong as well, but no page needs to be of it.
 */
export const FLOOD: readonly Recipe[] = [
  {
    id: "A10",
    title: "a worker's credentials are used outside AWS in the middle of a flood",
    detectors: ["source-outside-ranges", "session-in-two-places"],
    missed: null,
    spanMs: SPAN_MS + MINUTE_MS,
    workload: (estate) => workloadNamed(estate, "scanner"),
    steps: (scene) => {
      const origin = { address: outsideAddress(scene.chance, 4) };
      const startMs = scene.timeMs + SPAN_MS / 2;
      return neighboursOf(scene, 3).map((customer, nth) =>
        intrude(scene, customer, { origin }, startMs + nth * 20_000),
      );
    },
  },
  {
    id: "A10-cover",
    title: "the flood itself",
    detectors: [
      "source-outside-ranges",
      "session-in-two-places",
      "denied-probing",
      "unknown-target",
      "tenant-sweep",
      "call-burst",
    ],
    missed: "it is there to be drowned in; A10 is what must be found",
    spanMs: SPAN_MS + MINUTE_MS,
    workload: (estate) => workloadNamed(estate, "poller"),
    steps: (scene) => flood(scene),
  },
];

function flood(scene: Scene): readonly Step[] {
  const { estate, chance, timeMs } = scene;
  const events = Math.max(FEWEST_EVENTS, EVENTS_A_CUSTOMER * estate.customers.length);
  const origins = Array.from({ length: 40 }, (_, nth) => ({ address: outsideAddress(chance, nth % 3 === 0 ? 6 : 4) }));
  const own = Array.from({ length: OWN_ROLES }, () => guessed(estate, scene));
  const customers = neighboursOf(scene, 50);
  return Array.from({ length: events }, (_, nth): Step => {
    const atMs = timeMs + Math.floor((nth / events) * SPAN_MS);
    const origin = chance.pick(origins);
    const sessionName = `${chance.hex(4)}-${chance.hex(12)}`;
    const kind = chance.below(20);
    const twist: Twist =
      kind < 12
        ? { role: guessed(estate, scene), denied: true }
        : kind < 17
          ? { denied: true }
          : kind < 19
            ? { sessionName }
            : { role: chance.pick(own), sessionName, externalId: chance.uuid() };
    return intrude(scene, chance.pick(customers), { ...twist, origin }, atMs);
  });
}
