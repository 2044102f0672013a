import { dice } from "../../src/simulate/dice.ts";
import { DAY_MS, HOUR_MS, type Customer, type Estate, type Home, type Workload } from "./estate.ts";
import { assumeRole, deniedAssumeRole, targetCopy, type Session, type TrailRecord } from "../../src/simulate/record.ts";

/** The days that are told, and by whose chance. */
export interface Story {
  readonly seed: number;
  readonly estate: Estate;
  readonly startMs: number;
  readonly days: number;
}

/** A worker's session of an outbound role: hop 1, with the record of how it was entered. */
export interface Entry {
  readonly record: TrailRecord;
  readonly session: Session;
}

/** One step from an outbound role into a customer's: hop 2. What is left out is as on every other day. */
export interface Crossing {
  readonly timeMs: number;
  readonly workload: Workload;
  readonly customer: Customer;
  readonly home: Home;
  readonly session: Session;
  readonly address?: string;
  readonly sessionName?: string;
  readonly userAgent?: string;
  readonly denied?: boolean;
}

/**
 * The session in which a workload's worker of one home works at that moment: a new one on every hour, for role
 * chaining lasts no longer. `worker` tells apart those that run side by side.
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_terms-and-concepts.html#iam-term-role-chaining
 */
export function entryAt(story: Story, workload: Workload, home: Home, atMs: number, worker = 1): Entry {
  const hour = Math.floor((atMs - story.startMs) / HOUR_MS);
  const task = `${workload.name} ${home.region} worker ${worker}`;
  const ofTask = dice(story.seed, `${task} day ${Math.floor(hour / 24)}`);
  const timeMs = story.startMs + hour * HOUR_MS;
  const { record, issued } = assumeRole(
    {
      timeMs,
      caller: {
        role: workload.caller,
        sessionName: ofTask.hex(32),
        accessKeyId: ofTask.awsId("ASIA", 16),
        createdMs: story.startMs + Math.floor(hour / 6) * 6 * HOUR_MS,
      },
      role: workload.outbound,
      sessionName: `${workload.name}-worker-${worker}`,
      externalId: null,
      region: home.region,
      address: natAddress(story, home, timeMs),
      userAgent: workload.userAgent,
    },
    dice(story.seed, `${task} hour ${hour}`),
  );
  return { record, session: issued };
}

/** The caller's copy, and the customer's where it forwards its trail. A refusal is told to the caller alone. */
export function cross(story: Story, step: Crossing): TrailRecord[] {
  const { customer, workload, home, timeMs } = step;
  const chance = dice(story.seed, `${step.session.accessKeyId} ${customer.tenant} ${timeMs} ${step.address ?? "home"}`);
  const call = {
    timeMs,
    caller: step.session,
    role: customer.role,
    sessionName: step.sessionName ?? sessionNameFor(workload, customer, chance.hex(8)),
    externalId: externalIdAt(story, customer, timeMs),
    region: home.region,
    address: step.address ?? natAddress(story, home, timeMs),
    userAgent: step.userAgent ?? workload.userAgent,
    globalEndpoint: chance.below(20) === 0,
  };
  if (step.denied === true) return [deniedAssumeRole(call, chance)];
  const { record } = assumeRole(call, chance);
  return customer.forwardsTrail ? [record, targetCopy(record, customer.account, chance)] : [record];
}

/** A name as the workload's contract has it. */
export function sessionNameFor(workload: Workload, customer: Customer, run: string): string {
  return workload.sessionGlob
    .replace("{tenant}", customer.tenant)
    .replace("{account}", customer.account)
    .replace("*", run);
}

/** Every 7 h 20 min the NAT gateway fails over to its neighbour in the pool, in the middle of sessions. */
export function natAddress({ startMs }: Story, home: Home, atMs: number): string {
  return home.natAddresses[Math.floor((atMs - startMs) / (22 * 20 * 60_000)) % 2]!;
}

/** A customer in rotation presents its former ID on the first day. */
function externalIdAt({ startMs }: Story, customer: Customer, atMs: number): string {
  return atMs < startMs + DAY_MS ? (customer.previousExternalId ?? customer.externalId) : customer.externalId;
}
