import { workloadNamed, type Estate } from "../estate.ts";
import { MINUTE_MS } from "../time.ts";
import type { Workload } from "../workload.ts";
import { intrude, targetOf, type Recipe } from "./recipe.ts";
import { guessed } from "./sweeps.ts";

function poller(estate: Estate): Workload {
  return workloadNamed(estate, "poller");
}

const found = { detectors: ["unknown-target"], missed: null, spanMs: MINUTE_MS, workload: poller } as const;

/** Roles that let the vendor in and should not be entered. */
export const STRANGERS: readonly Recipe[] = [
  {
    ...found,
    id: "A6",
    title: "a role of a customer's that the customer did not register is entered",
    steps: (scene) => {
      const customer = targetOf(scene);
      const { chance, estate } = scene;
      const arn = `arn:${estate.partition}:iam::${customer.account}:role/OrganizationAccountAccessRole`;
      return [intrude(scene, customer, { role: { arn, id: chance.awsId("AROA", 17) } })];
    },
  },
  {
    ...found,
    id: "A6b",
    title: "an account that was off-boarded is entered",
    steps: (scene) => {
      const left = scene.estate.customers.filter(({ untilMs }) => (untilMs ?? Infinity) < scene.timeMs);
      return [intrude(scene, scene.chance.pick(left), { denied: false })];
    },
  },
  {
    ...found,
    id: "A6c",
    title: "an account that never was a customer's is entered",
    steps: (scene) => [
      intrude(scene, targetOf(scene), { role: guessed(scene.estate, scene), externalId: scene.chance.uuid() }),
    ],
  },
];
