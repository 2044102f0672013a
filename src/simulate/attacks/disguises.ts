import { workloadNamed, type Estate } from "../estate.ts";
import { defaultName } from "../naming.ts";
import { HOUR_MS, MINUTE_MS } from "../time.ts";
import type { Workload } from "../workload.ts";
import { intrude, targetsOf, type Recipe } from "./recipe.ts";

function poller(estate: Estate): Workload {
  return workloadNamed(estate, "poller");
}

/** Everything is right but the session's name, or nothing is wrong at all. */
export const DISGUISES: readonly Recipe[] = [
  {
    id: "A5a",
    title: "sessions bear the names that SDKs give by themselves",
    detectors: ["unusual-session-name"],
    missed: null,
    spanMs: 30 * MINUTE_MS,
    workload: poller,
    steps: (scene) =>
      targetsOf(scene, 3).map((customer, nth) => {
        const timeMs = scene.timeMs + nth * 4 * MINUTE_MS;
        return intrude(scene, customer, { sessionName: defaultName(timeMs, scene.chance) }, timeMs);
      }),
  },
  {
    id: "A5b",
    title: "a session's name begins as the workload's do",
    detectors: ["unusual-session-name"],
    missed: null,
    spanMs: 30 * MINUTE_MS,
    workload: (estate) => workloadNamed(estate, "scanner"),
    steps: (scene) =>
      targetsOf(scene, 2).map((customer, nth) =>
        intrude(
          scene,
          customer,
          { sessionName: `${scene.workload.naming.prefix}-test${nth}` },
          scene.timeMs + nth * 3 * MINUTE_MS,
        ),
      ),
  },
  {
    id: "A12",
    title: "an insider does exactly what the workload does, a few times more",
    detectors: ["call-burst", "tenant-sweep"],
    missed: "a few calls that differ in nothing are the workload's calls, as far as a trail can tell",
    spanMs: 2 * HOUR_MS,
    workload: (estate) => workloadNamed(estate, "consumer"),
    steps: (scene) =>
      targetsOf(scene, 4).map((customer, nth) =>
        intrude(scene, customer, {}, scene.timeMs + nth * (10 + scene.chance.below(15)) * MINUTE_MS),
      ),
  },
];
