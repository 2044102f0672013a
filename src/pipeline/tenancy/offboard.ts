import type { Registration } from "../../tenants/tenant.ts";
import type { Held } from "../../stores/registrations/registrations.ts";
import { inParallel } from "../../stores/in-parallel.ts";
import type { Desk } from "./desk.ts";

const CLOSED_AT_ONCE = 4;

/**
 * Ends a customer's registrations at this moment: their secrets are forgotten and their feeds closed at once; their
 * accounts and digests stay until `purge`, so that what is still on its way is judged as what it was. Answers for the
 * accounts that were ended now; one that another changes meanwhile is tried again by the next run.
 */
export async function offboard(
  which: (registration: Registration) => boolean,
  { registrations, vault, closeFeed, now }: Desk,
): Promise<readonly Registration[]> {
  const all = await registrations.all();
  const inForce = all.filter(({ registration }) => registration.status !== "offboarded");
  const [leaving, staying] = [
    inForce.filter((held) => which(held.registration)),
    inForce.filter((held) => !which(held.registration)),
  ];
  // The feed goes first: a registration that names no feed any more would leave the topic behind.
  const needed = new Set(staying.map(({ registration }) => registration.feedTopicArn));
  const topics = new Set(leaving.map(({ registration }) => registration.feedTopicArn));
  await inParallel(
    [...topics].filter((arn) => arn !== null && !needed.has(arn)) as string[],
    CLOSED_AT_ONCE,
    closeFeed,
  );
  const changes = leaving.map((held) => ({ held, next: ended(held, now()) }));
  const done = changes.length === 0 ? [] : await registrations.replace(changes);
  const gone = changes.filter((_, at) => done[at]);
  // Of those who had left already too: an earlier run may have died before it came to their secrets.
  const left = all.filter(({ registration }) => registration.status === "offboarded" && which(registration));
  await vault.forget([...left, ...gone.map(({ held }) => held)].flatMap(({ registration }) => secretsOf(registration)));
  return gone.map(({ next }) => next);
}

function ended({ registration }: Held, nowMs: number): Registration {
  // Who leaves in the millisecond of coming was there for one all the same.
  const untilMs = Math.max(nowMs, (registration.sinceMs ?? Number.NEGATIVE_INFINITY) + 1);
  return { ...registration, status: "offboarded", untilMs, feedTopicArn: null };
}

/** Digests whose IDs may be in the vault. */
export function secretsOf({ externalId, previousExternalId, retired = [] }: Registration): readonly string[] {
  return [externalId, previousExternalId, ...retired.map((id) => id.externalId)].filter((digest) => digest !== null);
}
