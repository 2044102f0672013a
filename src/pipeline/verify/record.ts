import { replaceEach, type Held, type Registrations } from "../../stores/registrations/registrations.ts";
import type { Incident } from "../../tenants/incident.ts";
import type { Registration } from "../../tenants/tenant.ts";
import { isMistake } from "../../config/mistake.ts";
import type { Verification } from "./verify-role.ts";

/** A registration, as it was when its role was probed, and what was found. */
export interface Probed {
  readonly held: Held;
  readonly verification: Verification;
}

/** So often a change is tried again where another was quicker. */
const ROUNDS = 4;

/** What a role let in by, as the incident and the alert say it; null where it let in nobody. */
export function letInBy({ verdict }: Pick<Verification, "verdict">): string | null {
  if (verdict === "lets-in-without-id") return "without an external ID";
  return verdict === "lets-in-with-wrong-id" ? "with a wrong external ID" : null;
}

/** Whether the role is not accepted: it let in before it ever was what its customer was asked to make it. */
export function isRejected(verification: Verification): boolean {
  return letInBy(verification) !== null && verification.registration.status === "onboarding";
}

/** Roles that were accepted once and let in now. One that never was accepted opens nothing that was shut. */
export function driftIn(verifications: readonly Verification[]): readonly Incident[] {
  return verifications.flatMap((verification): Incident[] => {
    const by = letInBy(verification);
    const { registration, timeMs } = verification;
    if (by === null || isRejected(verification)) return [];
    const { tenant, account, roleArn } = registration;
    return [{ kind: "role-opened", timeMs, tenant, account, roleArn, facts: { wrongs: [`lets in ${by}`] } }];
  });
}

/**
 * Writes down when the roles that enforce their external ID were seen to, and makes those that were onboarding active.
 * Where another changed the registration meanwhile, his change stays and this one is made again, unless it is of another
 * role or another external ID by now. Answers how many could not be written down, which the next verification mends.
 */
export async function recordEnforced(probed: readonly Probed[], registrations: Registrations): Promise<number> {
  let left = probed.filter(({ verification }) => verification.verdict === "enforced");
  for (let round = 0; left.length > 0 && round < ROUNDS; round++) {
    const changes = left.map(({ held, verification }) => ({ held, next: verified(held.registration, verification) }));
    const done = await replaceEach(registrations, changes);
    const refused = left.filter((_, at) => done[at] !== true);
    const fresh = await Promise.all(refused.map((one) => again(one, registrations)));
    left = fresh.filter((one) => one !== null);
  }
  return left.length;
}

function verified(registration: Registration, { timeMs }: Verification): Registration {
  return { ...registration, status: "active", verifiedMs: Math.max(registration.verifiedMs ?? 0, timeMs) };
}

/** The same finding on the registration as it is now; null where it says nothing of that. */
async function again({ held, verification }: Probed, registrations: Registrations): Promise<Probed | null> {
  const { account, roleArn, externalId } = held.registration;
  let now: Held | null;
  try {
    now = await registrations.of(account);
  } catch (error) {
    // An account with several roles has no registration of ours to change.
    if (isMistake(error)) return { held, verification };
    throw error;
  }
  if (now === null) return null;
  const { registration } = now;
  const same = registration.roleArn === roleArn && registration.externalId === externalId;
  return same && registration.status !== "offboarded" ? { held: now, verification } : null;
}
