import { hash32 } from "../memory/pairs.ts";
import { dice } from "./dice.ts";
import type { Estate } from "./estate.ts";
import { entryName } from "./naming.ts";
import { functionOrigin, originOf, type Origin, type Region } from "./network.ts";
import { assumeRole, VENDOR_ACCOUNT, type Session } from "./record.ts";
import type { Step } from "./step.ts";
import { dayOf, HOUR_MS, MINUTE_MS } from "./time.ts";
import { deploymentAt, type Workload } from "./workload.ts";

/** One of a workload's workers in one region. */
export interface Post {
  readonly workload: Workload;
  readonly region: Region;
  /** From 0. */
  readonly worker: number;
}

/** One day's sessions of the outbound roles: each is entered (hop 1) when it is first asked for, and lasts an hour. */
export interface Shift {
  readonly sessionAt: (post: Post, atMs: number) => Session;
  /** The entries since this was last asked. */
  readonly takeEntries: () => readonly Step[];
}

/**
 * The sessions of a UTC day. A worker enters its role anew every hour, at a minute of its own, for role chaining lasts no
 * longer; at midnight all do, so that a day is whole by itself.
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_terms-and-concepts.html#iam-term-role-chaining
 */
export function shiftOf(estate: Estate): Shift {
  const sessions = new Map<string, Session>();
  let entries: Step[] = [];
  const enter = (post: Post, timeMs: number, key: string): Session => {
    const { workload, region, worker } = post;
    const chance = dice(estate.seed, key);
    const build = workload.buildAt(timeMs);
    const name = { tenant: "", account: VENDOR_ACCOUNT, timeMs, build, worker };
    const caller = {
      role: workload.caller,
      sessionName:
        workload.entryNaming === "task" ? chance.hex(32) : `${workload.naming.prefix}-${build.podOf(worker)}`,
      accessKeyId: dice(estate.seed, `${key.slice(0, key.lastIndexOf(" "))} ${dayOf(timeMs)} key`).awsId("ASIA", 16),
      createdMs: dayOf(timeMs),
    };
    const { record, issued } = assumeRole(
      {
        timeMs,
        caller,
        role: workload.outbound,
        sessionName: entryName(workload.entryNaming, workload.naming.prefix, name, chance),
        externalId: null,
        region: region.name,
        ...originAt(estate, post, timeMs),
        userAgent: agentAt(workload, timeMs),
      },
      chance,
    );
    entries.push({ timeMs, write: () => [record] });
    return issued;
  };
  return {
    sessionAt: (post, atMs) => {
      const timeMs = enteredAt(estate, post, atMs);
      const key = sessionKey(post, timeMs);
      const known = sessions.get(key);
      if (known !== undefined) return known;
      const session = enter(post, timeMs, key);
      sessions.set(key, session);
      return session;
    },
    takeEntries: () => {
      const taken = entries;
      entries = [];
      return taken;
    },
  };
}

/** When the session that is in use at a moment was entered. */
function enteredAt({ seed }: Estate, post: Post, atMs: number): number {
  const dayMs = dayOf(atMs);
  const offsetMs = (hash32(`${seed} minute ${sessionKey(post, 0)}`) % 3600) * 1000;
  const passedMs = atMs - dayMs - offsetMs;
  return passedMs < 0 ? dayMs : dayMs + offsetMs + Math.floor(passedMs / HOUR_MS) * HOUR_MS;
}

function sessionKey({ workload, region, worker }: Post, timeMs: number): string {
  return `session ${workload.kind} ${region.name} ${worker} ${timeMs}`;
}

/** A gateway fails over for ten minutes, in about one of fifty. */
const FAIL_OVER = { lengthMs: 10 * MINUTE_MS, oneIn: 50 } as const;

/** Where a worker's calls come from at a moment. A function keeps its address for as long as its session. */
export function originAt(estate: Estate, post: Post, atMs: number): Origin {
  const { seed } = estate;
  const egress = post.workload.egress.get(post.region) ?? "nat";
  if (egress === "functions") {
    const chance = dice(seed, `address ${sessionKey(post, enteredAt(estate, post, atMs))}`);
    return functionOrigin(post.region, chance);
  }
  const turn = Math.floor(atMs / FAIL_OVER.lengthMs);
  const failedOver = hash32(`${seed} gateway ${post.region.name} ${turn}`) % FAIL_OVER.oneIn === 0;
  return originOf(post.region, egress, post.worker, failedOver ? 1 : 0);
}

/** What the workload calls itself at a moment. */
export function agentAt({ agent, deployedMs, buildAt }: Workload, atMs: number): string {
  return agent.at(deploymentAt(deployedMs, atMs), buildAt(atMs));
}
