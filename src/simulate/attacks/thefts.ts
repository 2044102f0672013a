import { dice } from "../dice.ts";
import { happens } from "../distributions.ts";
import { workloadNamed, type Estate } from "../estate.ts";
import { outsideAddress, rentedAddress, type Origin } from "../network.ts";
import type { Workload } from "../workload.ts";
import { MINUTE_MS } from "../time.ts";
import type { Step } from "../step.ts";
import { intrude, neighboursOf, targetsOf, type Recipe, type Scene } from "./recipe.ts";

/** What is stolen works around the clock, so that it is at work at home at the same time. */
function stolenFrom(estate: Estate): Workload {
  return workloadNamed(estate, "poller");
}

/** A worker's session, used from elsewhere for one to a few customers, under the workload's own names and agent. */
function theft(scene: Scene, origin: Origin): readonly Step[] {
  const { chance, timeMs } = scene;
  const customers = neighboursOf(scene, 1 + chance.below(4));
  return customers.map((customer, nth) =>
    intrude(scene, customer, { origin }, timeMs + nth * (1 + chance.below(60)) * 1000),
  );
}

const found = { missed: null, spanMs: 10 * MINUTE_MS, workload: stolenFrom } as const;
const OUTSIDE = ["source-outside-ranges", "session-in-two-places"];

/** Credentials that are used where the workload is not. */
export const THEFTS: readonly Recipe[] = [
  {
    ...found,
    id: "A2a",
    title: "a worker's credentials are used from an address outside AWS",
    detectors: OUTSIDE,
    steps: (scene) => theft(scene, { address: outsideAddress(scene.chance, 4) }),
  },
  {
    ...found,
    id: "A2b",
    title: "a worker's credentials are used from somebody else's instance on AWS",
    detectors: OUTSIDE,
    steps: (scene) => theft(scene, { address: rentedAddress(scene.chance) }),
  },
  {
    ...found,
    id: "A2c",
    title: "a worker's credentials are used from an IPv6 address outside",
    detectors: OUTSIDE,
    steps: (scene) => theft(scene, { address: outsideAddress(scene.chance, 6) }),
  },
  {
    ...found,
    id: "A2d",
    title: "a worker's credentials are used through somebody else's VPC endpoint",
    detectors: OUTSIDE,
    steps: (scene) => {
      const { chance } = scene;
      const address = `10.${chance.below(256)}.${chance.below(256)}.${1 + chance.below(254)}`;
      return theft(scene, { address, vpcEndpointId: `vpce-0${chance.hex(16)}` });
    },
  },
  {
    ...found,
    id: "A3",
    title: "one session is at work in two places at once",
    detectors: OUTSIDE,
    steps: twoPlaces,
  },
];

/**
 * In half of the estates the second place is outside; in the others it is the vendor's own gateway in another region,
 * which no list of addresses accuses.
 */
function twoPlaces(scene: Scene): readonly Step[] {
  const { estate, workload, chance } = scene;
  const inside = happens(dice(estate.seed, "second place"), 0.5);
  const customer = targetsOf(scene, Infinity).find(({ region }) => workload.egress.get(region) === "nat");
  const away = estate.regions.find((region) => region !== customer?.region);
  if (!inside || customer === undefined || away === undefined)
    return theft(scene, { address: outsideAddress(chance, 4) });
  return [intrude(scene, customer, { origin: { address: chance.pick(away.nat.addresses) } })];
}
