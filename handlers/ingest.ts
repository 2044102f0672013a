import type { Context, SQSBatchResponse, SQSEvent } from "aws-lambda";
import { ingest, type World } from "../src/pipeline/ingest.ts";
import { once } from "./once.ts";
import { connect } from "./world.ts";

type Clock = Pick<Context, "getRemainingTimeInMillis">;

/** SQS → one ingest → partial batch response: what could not be done now comes again alone. Nobody is told here. */
export function ingestFrom(
  world: () => Promise<World>,
  say: (line: string) => void,
): (event: SQSEvent, context: Clock) => Promise<SQSBatchResponse> {
  const connected = once(world);
  return async ({ Records }, context) => {
    const messages = Records.map(({ messageId, body, attributes }) => ({
      ...{ id: messageId, body },
      receives: Number(attributes.ApproximateReceiveCount),
      sentMs: Number(attributes.SentTimestamp),
    }));
    const remainingMs = (): number => context.getRemainingTimeInMillis();
    const { tally, done, ...came } = await ingest(messages, await connected(), { remainingMs });
    const { records, skipped, doubts, rejected } = tally;
    const aside = { skipped: Object.fromEntries(skipped), doubts: Object.fromEntries(doubts), rejected };
    say(JSON.stringify({ messages: messages.length, done: done.length, records, ...came, ...aside }));
    return { batchItemFailures: came.failed.map(({ id }) => ({ itemIdentifier: id })) };
  };
}

/** What Lambda calls. One line of JSON a batch goes to the function's log. */
export const handler = ingestFrom(
  () => connect(process.env),
  (line) => process.stdout.write(`${line}\n`),
);
