import { workloadNamed, type Estate } from "../estate.ts";
import { MINUTE_MS } from "../time.ts";
import type { Workload } from "../workload.ts";
import { intrude, targetOf, targetsOf, type Recipe } from "./recipe.ts";

function poller(estate: Estate): Workload {
  return workloadNamed(estate, "poller");
}

const one = { spanMs: 20 * MINUTE_MS, workload: poller } as const;

/** The confused deputy at work. */
export const EXTERNAL_IDS: readonly Recipe[] = [
  {
    ...one,
    id: "A7",
    title: "a customer's role lets the vendor in without an external ID",
    detectors: ["external-id-missing"],
    missed: null,
    steps: (scene) => [intrude(scene, targetOf(scene), { externalId: null, denied: false })],
  },
  {
    ...one,
    id: "A7b",
    title: "a customer's role lets the vendor in with another customer's external ID",
    detectors: ["external-id-mismatch", "external-id-reused"],
    missed: null,
    steps: (scene) => {
      const customer = targetOf(scene);
      const other = targetsOf(scene, Infinity).find(
        ({ tenant, former }) => tenant !== customer.tenant && former === null,
      );
      return [intrude(scene, customer, { externalId: other?.externalId ?? scene.chance.uuid(), denied: false })];
    },
  },
  {
    ...one,
    id: "A8",
    title: "a few customers' roles refuse a wrong external ID",
    detectors: ["denied-probing"],
    missed: "CloudTrail records no parameters of a denied call, and a few denials are weather",
    steps: (scene) =>
      targetsOf(scene, 4).map((customer, nth) =>
        intrude(scene, customer, { externalId: scene.chance.uuid(), denied: true }, scene.timeMs + nth * 4 * MINUTE_MS),
      ),
  },
];
