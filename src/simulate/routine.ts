import { cross, postFor, workAt } from "./crossing.ts";
import { isServed, LEAVING_MS, type Customer } from "./customer.ts";
import { dice, type Dice } from "./dice.ts";
import { gaussian, happens, integer, logNormal, poisson, shuffled, uniform } from "./distributions.ts";
import type { Estate } from "./estate.ts";
import type { Shift } from "./shift.ts";
import type { Step } from "./step.ts";
import { dayOf, DAY_MS, HOUR_MS, isWeekend, MINUTE_MS, SECOND_MS } from "./time.ts";
import type { Rhythm, Workload } from "./workload.ts";

/** One customer's turn. */
interface Visit {
  readonly timeMs: number;
  readonly customer: Customer;
}

/** Everything that a workload does on a day when nobody interferes, the vendor's own mishaps included. */
export function routineOf(estate: Estate, workload: Workload, dayMs: number, shift: Shift): readonly Step[] {
  const { seed, storm, denialRate } = estate;
  const { kind, retryRate } = workload;
  const chance = dice(seed, `routine ${kind} ${dayMs}`);
  const records = dice(seed, `records ${kind} ${dayMs}`);
  const steps: Step[] = [];
  const call = (timeMs: number, customer: Customer): void => {
    if (dayOf(timeMs) !== dayMs || !isServed(customer, timeMs + LEAVING_MS) || !isServed(customer, timeMs)) return;
    const post = postFor(workload, customer);
    const denied = happens(chance, denialRate) ? { denied: true } : {};
    const crossing = { ...workAt(shift, post, customer, timeMs), ...denied };
    steps.push({ timeMs, write: () => cross(estate, crossing, records) });
  };
  for (const { timeMs, customer } of visitsOf(estate, workload, dayMs, chance)) {
    call(timeMs, customer);
    if (happens(chance, retryRate)) call(timeMs + integer(chance, 1, 30) * SECOND_MS, customer);
    if (storm.kind !== kind || timeMs < storm.startMs || timeMs >= storm.endMs) continue;
    for (let again = 0; again < 3; again++) call(timeMs + integer(chance, 5, 300) * SECOND_MS, customer);
  }
  return steps;
}

function visitsOf(estate: Estate, { rhythm }: Workload, dayMs: number, chance: Dice): readonly Visit[] {
  switch (rhythm.kind) {
    case "scanner":
      return scans(estate, rhythm, dayMs, chance);
    case "poller":
      return polls(estate, rhythm, dayMs, chance);
    case "consumer":
      return reactions(estate, rhythm, dayMs, chance);
    case "remediation":
      return repairs(estate, rhythm, dayMs, chance);
  }
}

type Of<K extends Rhythm["kind"]> = Extract<Rhythm, { readonly kind: K }>;

/** When a scanner begins on a day: about the same time as on any other. */
export function scanStart({ seed }: Estate, { startMs, jitterMs }: Of<"scanner">, dayMs: number): number {
  const drift = gaussian(dice(seed, `scan start ${dayMs}`)) * jitterMs;
  return Math.floor(dayMs + Math.max(MINUTE_MS, startMs + drift));
}

function scans(estate: Estate, rhythm: Of<"scanner">, dayMs: number, chance: Dice): readonly Visit[] {
  const runs = [scanStart(estate, rhythm, dayMs)];
  if (dayOf(estate.rescanMs) === dayMs) runs.push(estate.rescanMs);
  return runs.flatMap((startMs) => scan(estate, rhythm, startMs, chance));
}

/** One run over all customers. */
function scan({ customers }: Estate, rhythm: Of<"scanner">, startMs: number, chance: Dice): readonly Visit[] {
  const { durationMs, passes, shuffles } = rhythm;
  const lengthMs = durationMs * uniform(chance, 0.85, 1.15);
  const order = shuffles ? shuffled(chance, customers) : customers;
  return order.flatMap((customer, at) => {
    const firstMs = startMs + (at / order.length) * lengthMs;
    return Array.from({ length: passes }, (_, pass) => ({
      timeMs: Math.floor(firstMs + pass * uniform(chance, 1, 20) * SECOND_MS),
      customer,
    }));
  });
}

/** Every hour, each customer at a minute of its own. */
function polls({ seed, customers }: Estate, { jitterMs }: Of<"poller">, dayMs: number, chance: Dice): readonly Visit[] {
  const minutes = dice(seed, "poller's minutes");
  const phases = customers.map(() => minutes.below(HOUR_MS));
  return customers.flatMap((customer, at) =>
    Array.from({ length: DAY_MS / HOUR_MS }, (_, hour) => {
      const timeMs = dayMs + hour * HOUR_MS + (phases[at] ?? 0) + gaussian(chance) * jitterMs;
      return { timeMs: Math.floor(timeMs), customer };
    }),
  );
}

/** As many as there happen to be events, mostly in business hours. */
function reactions(estate: Estate, rhythm: Of<"consumer">, dayMs: number, chance: Dice): readonly Visit[] {
  const { perDay, weekendShare, sigma, peakHour, spreadHours } = rhythm;
  const share = perDay * (isWeekend(dayMs) ? weekendShare : 1) * Math.exp(-(sigma ** 2) / 2);
  return estate.customers.flatMap((customer) => {
    const busy = customer.activity ** sigma * logNormal(chance, 0.3);
    return Array.from({ length: poisson(chance, share * busy) }, () => ({
      timeMs: Math.floor(dayMs + momentOfDay(peakHour, spreadHours, chance)),
      customer,
    }));
  });
}

/** Now and then one customer needs something mended, in one to a few calls. */
function repairs({ customers }: Estate, rhythm: Of<"remediation">, dayMs: number, chance: Dice): readonly Visit[] {
  const { perDay, most } = rhythm;
  return Array.from({ length: poisson(chance, perDay * customers.length) }).flatMap(() => {
    const customer = chance.pick(customers);
    const firstMs = dayMs + momentOfDay(14, 5, chance);
    return Array.from({ length: integer(chance, 1, most) }, (_, nth) => ({
      timeMs: Math.floor(firstMs + nth * uniform(chance, 2, 60) * SECOND_MS),
      customer,
    }));
  });
}

/** Milliseconds after midnight, around an hour; what falls outside of the day comes round on its other side. */
function momentOfDay(peakHour: number, spreadHours: number, chance: Dice): number {
  const moment = (peakHour + gaussian(chance) * spreadHours) * HOUR_MS;
  return ((moment % DAY_MS) + DAY_MS) % DAY_MS;
}
