import type { Context } from "aws-lambda";
import { verifyAll, type VerifyWorld } from "../src/pipeline/verify/verify-all.ts";
import { once } from "./once.ts";
import { connectVerify } from "./world.ts";

/** Before the function's time is over: for the calls at hand to be given up, and for what was found to be written down. */
const SPARE_MS = 20_000;

/** A timer → the customers' roles are asked; those that are not reached are the first of the next run. One line a run. */
export function verifyFrom(
  world: () => Promise<VerifyWorld>,
  say: (line: string) => void,
): (event: unknown, context: Pick<Context, "getRemainingTimeInMillis">) => Promise<void> {
  const connected = once(world);
  return async (_, context) => {
    const unclear: Record<string, number> = {};
    const here = await connected();
    const signal = AbortSignal.timeout(Math.max(0, context.getRemainingTimeInMillis() - SPARE_MS));
    // The schedule is the patience: what has not come through yet will have by the next run.
    const seen = await verifyAll(here, {
      ...{ signal, patienceMs: 0 },
      onFound: ({ verdict, why }) => {
        if (verdict === "unclear" && why !== null) unclear[why] = (unclear[why] ?? 0) + 1;
      },
    });
    say(JSON.stringify({ ...seen, why: unclear }));
  };
}

/** What Lambda calls. */
export const handler = verifyFrom(
  () => connectVerify(process.env),
  (line) => process.stdout.write(`${line}\n`),
);
