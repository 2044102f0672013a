import { replaceEach } from "../../stores/registrations/registrations.ts";
import type { Desk } from "./desk.ts";
import { spent } from "./rotate.ts";

/**
 * Ends the overlaps whose date has come: the old digest is kept for calls of its time, its secret is forgotten. Answers for
 * how many. What another changes meanwhile is left to the next run.
 */
export async function retireOverlapped({ registrations, vault, now }: Desk): Promise<number> {
  const nowMs = now();
  const changes = (await registrations.all()).flatMap((held) => {
    const { previousExternalId, previousUntilMs, retired = [] } = held.registration;
    if (previousExternalId === null || previousUntilMs === null || previousUntilMs > nowMs) return [];
    const ended = { externalId: previousExternalId, untilMs: previousUntilMs };
    const next = {
      ...held.registration,
      previousExternalId: null,
      previousUntilMs: null,
      retired: [...retired, ended],
    };
    return [{ held, next }];
  });
  if (changes.length === 0) return 0;
  const done = await replaceEach(registrations, changes);
  const ended = changes.filter((_, at) => done[at]);
  await vault.forget(ended.flatMap(({ held, next }) => spent(held, next)));
  return ended.length;
}
