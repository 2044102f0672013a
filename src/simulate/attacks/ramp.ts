import { poisson } from "../distributions.ts";
import { workloadNamed } from "../estate.ts";
import { DAY_MS, HOUR_MS } from "../time.ts";
import { intrude, targetsOf, type Recipe } from "./recipe.ts";

/** Of 2,000 customers an insider starts from 150 calls a day that nobody asks about, and never from fewer than 40. */
const CALLS_A_CUSTOMER = 0.075;
const FEWEST_CALLS = 40;

/** An insider who takes so many percent more from day to day, as the workload itself would. */
export function rampOf(percent: number, days: number): Recipe {
  return {
    id: "A11",
    title: `an insider's calls grow by ${percent} % a day`,
    detectors: ["tenant-sweep", "call-burst"],
    missed: null,
    spanMs: DAY_MS,
    days,
    when: (_, dayMs) => dayMs,
    workload: (estate) => workloadNamed(estate, "consumer"),
    steps: (scene) => {
      const { estate, chance, nth, timeMs } = scene;
      const start = Math.max(FEWEST_CALLS, estate.customers.length * CALLS_A_CUSTOMER);
      const more = poisson(chance, start * ((1 + percent / 100) ** (nth + 1) - 1));
      const customers = targetsOf(scene, Infinity);
      return Array.from({ length: more }, () =>
        intrude(scene, chance.pick(customers), {}, timeMs + Math.floor(9 * HOUR_MS + chance.below(9 * HOUR_MS))),
      );
    },
  };
}
