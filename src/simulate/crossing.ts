import { externalIdAt, type Customer } from "./customer.ts";
import type { Dice } from "./dice.ts";
import { happens } from "./distributions.ts";
import type { Estate } from "./estate.ts";
import type { Origin } from "./network.ts";
import {
  assumeRole,
  deniedAssumeRole,
  targetCopy,
  type Role,
  type Session,
  type TrailRecord,
  type User,
} from "./record.ts";
import { agentAt, originAt, type Post, type Shift } from "./shift.ts";
import type { Workload } from "./workload.ts";

/** One step into a customer's account (hop 2). What is left out is as on every other day. */
export interface Crossing {
  readonly timeMs: number;
  readonly post: Post;
  readonly customer: Customer;
  readonly session: Session | User;
  readonly role?: Role;
  readonly origin?: Origin;
  readonly sessionName?: string;
  /** Null: none is sent. */
  readonly externalId?: string | null;
  readonly userAgent?: string;
  readonly denied?: boolean;
}

/** The caller's copy, and the customer's where it forwards its trail. A refusal is told to the caller alone. */
export function cross(estate: Estate, crossing: Crossing, chance: Dice): readonly TrailRecord[] {
  const { timeMs, post, customer, session } = crossing;
  const { workload, region } = post;
  const stale = happens(chance, 0.2);
  const call = {
    timeMs,
    caller: session,
    role: crossing.role ?? customer.role,
    sessionName: crossing.sessionName ?? sessionNameFor(workload, post.worker, customer, timeMs, chance),
    externalId: crossing.externalId === undefined ? externalIdAt(customer, timeMs, stale) : crossing.externalId,
    region: region.name,
    ...(crossing.origin ?? originAt(estate, post, timeMs)),
    userAgent: crossing.userAgent ?? agentAt(workload, timeMs),
    globalEndpoint: happens(chance, estate.globalShare),
  };
  if (crossing.denied ?? timeMs >= (customer.deletedMs ?? Infinity)) return [deniedAssumeRole(call, chance)];
  const { record } = assumeRole(call, chance);
  return customer.forwardsTrail ? [record, targetCopy(record, customer.account, chance)] : [record];
}

/** A name as the workload gives it at that moment. */
export function sessionNameFor(
  workload: Workload,
  worker: number,
  { tenant, account }: Customer,
  timeMs: number,
  chance: Dice,
): string {
  return workload.naming.name({ tenant, account, timeMs, build: workload.buildAt(timeMs), worker }, chance);
}

/** The worker that looks after a customer, at its home. */
export function postFor(workload: Workload, { index, region }: Customer): Post {
  return { workload, region, worker: index % workload.workers };
}

/** The same crossing with the session that the worker holds just then. */
export function workAt(shift: Shift, post: Post, customer: Customer, timeMs: number): Crossing {
  return { timeMs, post, customer, session: shift.sessionAt(post, timeMs) };
}
