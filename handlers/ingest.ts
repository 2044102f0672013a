import type { SQSBatchResponse, SQSEvent } from "aws-lambda";
import { ingest, type World } from "../src/pipeline/ingest.ts";
import { connect } from "./world.ts";

/** SQS → one ingest → partial batch response: what could not be read comes again alone. `world` is asked for once. */
export function ingestFrom(
  world: () => Promise<World>,
  say: (line: string) => void,
): (event: SQSEvent) => Promise<SQSBatchResponse> {
  let connected: Promise<World> | undefined;
  return async ({ Records }) => {
    connected ??= world().catch((error: unknown) => {
      connected = undefined;
      throw error;
    });
    const messages = Records.map(({ messageId, body }) => ({ id: messageId, body }));
    const { failed, tally, calls, told } = await ingest(messages, await connected);
    const { records, skipped, doubts, rejected } = tally;
    const aside = { skipped: Object.fromEntries(skipped), doubts: Object.fromEntries(doubts), rejected };
    say(JSON.stringify({ messages: messages.length, records, calls, told, ...aside, failed }));
    return { batchItemFailures: failed.map(({ id }) => ({ itemIdentifier: id })) };
  };
}

/** What Lambda calls. One line of JSON a batch goes to the function's log. */
export const handler = ingestFrom(
  () => connect(process.env),
  (line) => process.stdout.write(`${line}\n`),
);
