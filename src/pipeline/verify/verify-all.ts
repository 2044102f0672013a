import type { SessionNameContract } from "../../outbound/session-name.ts";
import { inParallel } from "../../stores/in-parallel.ts";
import type { Held } from "../../stores/registrations/registrations.ts";
import type { Registration } from "../../tenants/tenant.ts";
import type { Desk } from "../tenancy/desk.ts";
import { driftIn, isRejected, letInBy, recordEnforced, type Probed } from "./record.ts";
import { probeSessionName } from "./session-name.ts";
import { verifyRole, type ProbeWorld, type Verification } from "./verify-role.ts";

/** The world of a verification: the desk's, and STS. */
export interface VerifyWorld extends ProbeWorld, Pick<Desk, "registrations" | "report"> {
  /** What the outbound role promised of its sessions' names; null: nothing. */
  readonly sessionNames: SessionNameContract | null;
}

export interface VerifyOptions {
  /** Of the roles in force, those to verify; left out: all. */
  readonly only?: (registration: Registration) => boolean;
  /** As `verifyRole` has it, in milliseconds; left out: what `patienceFor` says. */
  readonly patienceMs?: number;
  /** No role is begun after it, and those that are being probed are left for another time. */
  readonly signal: AbortSignal;
  /** Told of each as it is found. */
  readonly onFound?: (verification: Verification, tried: number, total: number) => Promise<void> | void;
}

/** What a run came to: numbers of roles. */
export interface Verified {
  readonly roles: number;
  readonly enforced: number;
  /** Those that let in without the right ID, the rejected ones among them. */
  readonly letsIn: number;
  /** Those of them that are onboarding, and are not accepted. */
  readonly rejected: number;
  readonly refuses: number;
  readonly unclear: number;
  /** Not probed, because the run was ended. */
  readonly left: number;
  /** Enforced, and not written down: others kept changing the registration, or it is not ours to change. */
  readonly unrecorded: number;
}

/**
 * Accounts probed at a time. Calls across accounts count for the caller's, which may make some hundred a second.
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
 */
const AT_ONCE = 8;
/** Between two roles of one account. */
const PACE_MS = 200;
/** Findings are written down so many at a time: what a crash loses of them is found again. */
const BATCH = 100;
const PATIENCE_MS = 30_000;
/** A change of a trust policy is everywhere by then. */
const FRESH_MS = 3_600_000;

/** How long a role is waited for: while it is onboarding, and within the hour after its external ID was made. */
export function patienceFor({ status, externalIdSinceMs }: Registration, nowMs: number): number {
  const fresh = externalIdSinceMs !== null && nowMs - externalIdSinceMs < FRESH_MS;
  return status === "onboarding" || fresh ? PATIENCE_MS : 0;
}

/**
 * Verifies the roles in force, those first that were longest not seen to be sound. Each role's trouble is its own. What
 * is found is written down and reported as it comes, in batches; rejects where that fails, and what was not written down
 * is as it was before.
 */
export async function verifyAll(world: VerifyWorld, options: VerifyOptions): Promise<Verified> {
  const { only = () => true, signal } = options;
  const nowMs = world.now();
  const held = longestFirst(
    (await world.registrations.all()).filter(
      ({ registration }) => isInForce(registration, nowMs) && only(registration),
    ),
    world.random,
  );
  const found: Verification[] = [];
  const waiting: Probed[] = [];
  let unrecorded = 0;
  const write = async (least: number): Promise<void> => {
    if (waiting.length < least || waiting.length === 0) return;
    const batch = waiting.splice(0);
    await world.report(driftIn(batch.map(({ verification }) => verification)));
    unrecorded += await recordEnforced(batch, world.registrations);
  };
  const accounts = [...Map.groupBy(held, ({ registration }) => registration.account).values()];
  await inParallel(accounts, AT_ONCE, async (ofAccount) => {
    for (const [at, one] of ofAccount.entries()) {
      if (at > 0) await pause(world, signal);
      const verification = await tried(one, world, options);
      if (verification === null) return;
      found.push(verification);
      waiting.push({ held: one, verification });
      await options.onFound?.(verification, found.length, held.length);
      await write(BATCH);
    }
  });
  await write(1);
  return { ...countOf(found), roles: held.length, left: held.length - found.length, unrecorded };
}

/** Null where the run was ended. */
async function tried({ registration }: Held, world: VerifyWorld, options: VerifyOptions): Promise<Verification | null> {
  const { signal, patienceMs = patienceFor(registration, world.now()) } = options;
  if (signal.aborted) return null;
  try {
    const sessionName = probeSessionName(world.sessionNames, registration);
    return await verifyRole(registration, world, { sessionName, patienceMs, signal });
  } catch (error) {
    if (isAborted(signal)) return null;
    // Its kind alone: nobody knows what the message of an error that nobody foresaw would quote.
    const why = `it could not be probed (${error instanceof Error ? error.name : typeof error})`;
    return { registration, verdict: "unclear", why, timeMs: world.now() };
  }
}

/** By then it may have become so, which the compiler cannot know. */
function isAborted(signal: AbortSignal): boolean {
  return signal.aborted;
}

async function pause({ sleep }: VerifyWorld, signal: AbortSignal): Promise<void> {
  await sleep(PACE_MS, signal).catch((error: unknown) => {
    if (!signal.aborted) throw error;
  });
}

/** Whether the role may be entered at that moment, and so may be probed. */
export function isInForce({ status, sinceMs, untilMs }: Registration, nowMs: number): boolean {
  return status !== "offboarded" && (sinceMs ?? nowMs) <= nowMs && nowMs < (untilMs ?? Infinity);
}

/** Those that were never seen to be sound stand first, each time in another order: no run gets stuck at the same ones. */
function longestFirst(held: readonly Held[], random: () => number): readonly Held[] {
  return held
    .map((one) => ({ one, verifiedMs: one.registration.verifiedMs ?? 0, lot: random() }))
    .sort((a, b) => a.verifiedMs - b.verifiedMs || a.lot - b.lot)
    .map(({ one }) => one);
}

function countOf(found: readonly Verification[]) {
  const count = (is: (verification: Verification) => boolean): number => found.filter(is).length;
  return {
    enforced: count(({ verdict }) => verdict === "enforced"),
    letsIn: count((verification) => letInBy(verification) !== null),
    rejected: count(isRejected),
    refuses: count(({ verdict }) => verdict === "refuses"),
    unclear: count(({ verdict }) => verdict === "unclear"),
  };
}
