import { setTimeout as pause } from "node:timers/promises";
import { GetQueueAttributesCommand, SendMessageBatchCommand } from "@aws-sdk/client-sqs";
import { waitingIn } from "../../examples/live/stack.ts";
import type { Dice } from "../../src/simulate/dice.ts";
import type { Crew } from "./crew.ts";
import type { Letter } from "./mail.ts";
import type { Stage } from "./stage.ts";

/** Sends on, up to this share of all there is. */
export type Post = (share: number) => Promise<void>;

const BATCH = 10;

/** Sends letters in their order; tells `onSent` each message's id. */
export function poster(
  { stack }: Stage,
  letters: readonly Letter[],
  onSent: (id: string, letter: Letter) => void,
): Post {
  let next = 0;
  return async (share) => {
    const end = Math.ceil(share * letters.length);
    while (next < end) {
      const batch = letters.slice(next, Math.min(end, next + BATCH));
      const Entries = batch.map(({ body }, at) => ({ Id: String(at), MessageBody: body }));
      const QueueUrl = stack.trail.queueUrl;
      const { Successful = [], Failed = [] } = await stack.clients.sqs.send(
        new SendMessageBatchCommand({ QueueUrl, Entries }),
      );
      if (Failed.length > 0) throw new Error(`the queue did not take a message: ${Failed[0]?.Message ?? ""}`);
      for (const { Id, MessageId = "" } of Successful) onSent(MessageId, batch[Number(Id)]!);
      next += batch.length;
    }
  };
}

const SHORTEST_ROUND_MS = 2_500;
const ROUND_SPREAD_MS = 3_000;
/** So long a kill waits for somebody to have work in hand. */
const WORK_WAIT_MS = 3_000;

/**
 * Sends a share of the letters, and kills a random worker at a random moment, again and again until `upTo` of them is
 * sent. Answers how many kills met a crew that had messages in hand.
 */
export async function underFire(
  crew: Crew,
  stage: Stage,
  {
    post,
    kills,
    upTo,
    chance,
  }: { readonly post: Post; readonly kills: number; readonly upTo: number; readonly chance: Dice },
): Promise<number> {
  let atWork = 0;
  for (let round = 1; round <= kills; round++) {
    await post((upTo * round) / kills);
    await pause(SHORTEST_ROUND_MS + chance.below(ROUND_SPREAD_MS));
    if (await workInHand(stage)) atWork++;
    await crew.kill(chance.below(crew.size));
  }
  return atWork;
}

const CALM_ROUND_MS = 1_000;

/** Sends the rest of the letters over some time, with nobody being killed. */
export async function calmly(post: Post, from: number, durationMs: number): Promise<void> {
  const rounds = Math.ceil(durationMs / CALM_ROUND_MS);
  for (let round = 1; round <= rounds; round++) {
    await post(from + ((1 - from) * round) / rounds);
    await pause(CALM_ROUND_MS);
  }
}

/** Waits until nothing is in the queue or the outbox. Null, or what is left when `limitMs` have passed. */
export async function drained({ stack, outbox }: Stage, limitMs: number): Promise<string | null> {
  const untilMs = performance.now() + limitMs;
  for (;;) {
    const messages = await waitingIn(stack, stack.trail.queueUrl);
    const { entries } = await outbox.pending({ after: null, limit: 1 });
    if (messages === 0 && entries.length === 0) return null;
    if (performance.now() > untilMs)
      return `${messages} messages in the queue and ${entries.length === 0 ? "none" : "some"} in the outbox are stuck`;
    await pause(250);
  }
}

async function workInHand({ stack }: Stage): Promise<boolean> {
  const untilMs = performance.now() + WORK_WAIT_MS;
  while (performance.now() < untilMs) {
    const { Attributes } = await stack.clients.sqs.send(
      new GetQueueAttributesCommand({
        QueueUrl: stack.trail.queueUrl,
        AttributeNames: ["ApproximateNumberOfMessagesNotVisible"],
      }),
    );
    if (Number(Attributes?.ApproximateNumberOfMessagesNotVisible) > 0) return true;
    await pause(10);
  }
  return false;
}
