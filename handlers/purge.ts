import { purge, type Purging } from "../src/pipeline/tenancy/purge.ts";
import { retireOverlapped } from "../src/pipeline/tenancy/retire.ts";
import type { Desk } from "../src/pipeline/tenancy/desk.ts";
import { once } from "./once.ts";
import { connectPurge } from "./world.ts";

/** A timer → rotations whose overlap is over are ended, and what is left of off-boarded customers is deleted. One line a run. */
export function purgeFrom(
  world: () => Promise<{ readonly desk: Desk; readonly purging: Purging }>,
  say: (line: string) => void,
): () => Promise<void> {
  const connected = once(world);
  return async () => {
    const { desk, purging } = await connected();
    const retired = await retireOverlapped(desk);
    const records = await purge(desk, purging);
    say(JSON.stringify({ retired, purged: records.map(({ id, removed }) => ({ id, ...removed })) }));
  };
}

/** What Lambda calls. */
export const handler = purgeFrom(
  () => connectPurge(process.env),
  (line) => process.stdout.write(`${line}\n`),
);
