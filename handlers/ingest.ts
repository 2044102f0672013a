import type { SQSBatchResponse, SQSEvent } from "aws-lambda";
import { ingest, type World } from "../src/pipeline/ingest.ts";
import { connect } from "./world.ts";

/** SQS → one ingest → partial batch response: what could not be read comes again alone. */
export function ingestFrom(world: () => Promise<World>): (event: SQSEvent) => Promise<SQSBatchResponse> {
  let connected: Promise<World> | undefined;
  return async ({ Records }) => {
    connected ??= world().catch((error: unknown) => {
      connected = undefined;
      throw error;
    });
    const messages = Records.map(({ messageId, body }) => ({ id: messageId, body }));
    const { failed, tally, calls, told } = await ingest(messages, await connected);
    const said = { messages: messages.length, records: tally.records, calls, told, rejected: tally.rejected, failed };
    process.stdout.write(`${JSON.stringify(said)}\n`);
    return { batchItemFailures: failed.map(({ id }) => ({ itemIdentifier: id })) };
  };
}

export const handler = ingestFrom(() => connect(process.env));
