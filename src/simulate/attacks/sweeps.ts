import { cross, postFor, workAt } from "../crossing.ts";
import { workloadNamed, type Estate } from "../estate.ts";
import type { Role } from "../record.ts";
import { scanStart } from "../routine.ts";
import type { Step } from "../step.ts";
import { DAY_MS, HOUR_MS, MINUTE_MS } from "../time.ts";
import type { Workload } from "../workload.ts";
import { intrude, targetOf, targetsOf, type Recipe, type Scene } from "./recipe.ts";

function scanner(estate: Estate): Workload {
  return workloadNamed(estate, "scanner");
}

/** So many customers, spread evenly over the span, each as the workload itself would enter it. */
function sweep(scene: Scene, count: number, spanMs: number): readonly Step[] {
  const targets = targetsOf(scene, count);
  return targets.map((customer, at) =>
    intrude(scene, customer, {}, scene.timeMs + Math.floor((at / targets.length) * spanMs)),
  );
}

const MANY = ["tenant-sweep", "call-burst"];

/** Too many customers for the schedule, from the right place and under the right names. */
export const SWEEPS: readonly Recipe[] = [
  {
    id: "A4a",
    title: "two customers of five are entered within ten minutes",
    detectors: MANY,
    missed: null,
    spanMs: 11 * MINUTE_MS,
    workload: scanner,
    steps: (scene) => sweep(scene, Math.floor(scene.estate.customers.length * 0.4), 10 * MINUTE_MS),
  },
  {
    id: "A4b",
    title: "a second sweep over all customers hides in the nightly scan",
    detectors: MANY,
    missed: null,
    spanMs: 2 * HOUR_MS,
    when: (estate, dayMs) => {
      const { rhythm } = scanner(estate);
      return rhythm.kind === "scanner" ? scanStart(estate, rhythm, dayMs) + 2 * MINUTE_MS : dayMs + 2 * HOUR_MS;
    },
    workload: scanner,
    steps: (scene) => sweep(scene, Infinity, 35 * MINUTE_MS),
  },
  {
    id: "A4c",
    title: "an eighth of the customers more from day to day, for five days, low and slow",
    detectors: MANY,
    missed: null,
    spanMs: DAY_MS,
    days: 5,
    when: (_, dayMs) => dayMs,
    workload: scanner,
    steps: (scene) =>
      sweep(scene, Math.ceil((scene.estate.customers.length * (scene.nth + 1)) / 8), DAY_MS - 2 * HOUR_MS),
  },
  {
    id: "A4d",
    title: "roles that nobody registered are tried one after the other, and denied",
    detectors: ["denied-probing", "unknown-target"],
    missed: null,
    spanMs: 40 * MINUTE_MS,
    workload: (estate) => workloadNamed(estate, "poller"),
    steps: (scene) => {
      const { chance, timeMs, estate, workload, shift } = scene;
      const customer = targetOf(scene);
      const post = postFor(workload, customer);
      const stepMs = 2000 + chance.below(13_000);
      return Array.from({ length: 60 + chance.below(100) }, (_, nth): Step => {
        const atMs = timeMs + nth * stepMs;
        const crossing = { ...workAt(shift, post, customer, atMs), role: guessed(estate, scene), denied: true };
        return { timeMs: atMs, write: () => cross(estate, crossing, chance) };
      });
    },
  },
];

/** A role in an account that is no customer's, under a name that one might try. */
export function guessed({ partition }: Estate, { chance }: Pick<Scene, "chance">): Role {
  const name = chance.pick(["OrganizationAccountAccessRole", "Admin", "Vendor", "ReadOnly", "AuditRole"]);
  return {
    arn: `arn:${partition}:iam::${310_000_000_000 + chance.below(1e9)}:role/${name}`,
    id: chance.awsId("AROA", 17),
  };
}
