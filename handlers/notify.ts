import type { Context } from "aws-lambda";
import { deliver, type Post } from "../src/pipeline/deliver.ts";
import { noFailures } from "../src/pipeline/destinations.ts";
import { once } from "./once.ts";
import { connectPost } from "./world.ts";

/** Of the time that there is, this much is used for sending; a send that has begun may need some of the rest. */
const USED = 0.8;

/** A timer → passes over the outbox, until nothing is left that can be told now. Which places fail is remembered while warm. */
export function notifyFrom(
  post: () => Promise<Post>,
  say: (line: string) => void,
): (event: unknown, context: Pick<Context, "getRemainingTimeInMillis">) => Promise<void> {
  const connected = once(post);
  const destinations = noFailures();
  return async (_, context) => {
    const world = await connected();
    const untilMs = world.now() + USED * context.getRemainingTimeInMillis();
    let pass;
    do {
      pass = await deliver(world, destinations, { untilMs });
      if (pass.sent > 0 || pass.left > 0 || pass.dead.length > 0) say(JSON.stringify(pass));
    } while (pass.left > 0 && pass.sent > 0 && world.now() < untilMs);
  };
}

/** What Lambda calls. One line of JSON a pass goes to the function's log, and none where there was nothing to tell. */
export const handler = notifyFrom(
  () => connectPost(process.env),
  (line) => process.stdout.write(`${line}\n`),
);
