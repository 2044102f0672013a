import { cross, postFor, workAt, type Crossing } from "../crossing.ts";
import { isServed, type Customer } from "../customer.ts";
import type { Dice } from "../dice.ts";
import { shuffled } from "../distributions.ts";
import type { Estate } from "../estate.ts";
import type { TrailRecord } from "../record.ts";
import type { Shift } from "../shift.ts";
import type { Step } from "../step.ts";
import { HOUR_MS } from "../time.ts";
import type { Workload } from "../workload.ts";

/** How one kind of attack is made, once in an estate, at a time that the schedule gives it. */
export interface Recipe {
  readonly id: string;
  readonly title: string;
  /** Ids of the detectors that are right about it; any of them finds it. */
  readonly detectors: readonly string[];
  /** Why it is not expected to be found in the vendor's trail; null where it is. */
  readonly missed: string | null;
  /** What it needs of its day, at most. */
  readonly spanMs: number;
  /** On so many days in a row; one where absent. */
  readonly days?: number;
  /** Its moment of a day, where not every moment will do. */
  readonly when?: (estate: Estate, dayMs: number) => number;
  /** The workload whose outbound role it goes through, or would. */
  readonly workload: (estate: Estate) => Workload;
  readonly steps: (scene: Scene) => readonly Step[];
}

/** What a recipe works with on one day. */
export interface Scene {
  readonly estate: Estate;
  readonly workload: Workload;
  readonly shift: Shift;
  readonly timeMs: number;
  /** From 0: which of its days. */
  readonly nth: number;
  /** Of this attack and this day alone. */
  readonly chance: Dice;
}

/** What an attack changes about an ordinary crossing. */
export type Twist = Partial<Omit<Crossing, "timeMs" | "post" | "customer">>;

/** Enters a customer through the worker's own session, as the workload does every day, save for what is twisted. */
export function intrude(scene: Scene, customer: Customer, twist: Twist, timeMs = scene.timeMs): Step {
  const { estate, workload, shift, chance } = scene;
  const crossing = { ...workAt(shift, postFor(workload, customer), customer, timeMs), ...twist };
  return { timeMs, write: () => cross(estate, crossing, chance) };
}

/** A record by itself. */
export function single(timeMs: number, record: () => TrailRecord): Step {
  return { timeMs, write: () => [record()] };
}

/** Customers that are being served and stay so for hours, in no order. */
export function targetsOf({ estate, timeMs, chance }: Scene, count: number): readonly Customer[] {
  const there = estate.customers.filter(
    (customer) =>
      isServed(customer, timeMs) &&
      isServed(customer, timeMs + 3 * HOUR_MS) &&
      timeMs < (customer.deletedMs ?? Infinity),
  );
  return shuffled(chance, there).slice(0, count);
}

/** One such customer. */
export function targetOf(scene: Scene): Customer {
  const [target] = targetsOf(scene, 1);
  if (target === undefined) throw new RangeError("the estate has no customer to attack");
  return target;
}

/** Some such customers that live in the region of one of them, so that one worker's session reaches all. */
export function neighboursOf(scene: Scene, count: number): readonly Customer[] {
  const [first, ...others] = targetsOf(scene, Infinity);
  if (first === undefined) throw new RangeError("the estate has no customer to attack");
  const { workers } = scene.workload;
  const near = others.filter(
    ({ region, index }) => region === first.region && index % workers === first.index % workers,
  );
  return [first, ...near.slice(0, count - 1)];
}
