import type { SNSClient } from "@aws-sdk/client-sns";
import { deliver } from "../../../src/pipeline/deliver.ts";
import { noFailures } from "../../../src/pipeline/destinations.ts";
import { ingest, type Ingested, type Message } from "../../../src/pipeline/ingest.ts";
import type { Settings } from "../../../src/pipeline/settings.ts";
import { worldOn, type Lasting } from "../../../src/pipeline/world.ts";
import type { TrailRecord } from "../../../src/simulate/record.ts";
import { worldFor } from "../live-world.ts";

const RECORDS_A_MESSAGE = 25;
const BATCH = 10;
/** A pass over the outbox after so many batches, as a timer would make one. */
const BATCHES_A_PASS = 4;

export interface Lived {
  readonly events: number;
  /** What each batch answered, without what it says of nothing but itself. */
  readonly answers: readonly Ingested[];
}

/**
 * The live path over records that come in the order of their times: ten messages a batch, and every few batches what was
 * found is told. Throws where a message fails or something stays untold.
 */
export async function lived(
  records: Iterable<TrailRecord>,
  settings: Settings,
  sns: SNSClient,
  lasting: Lasting = worldFor(settings),
): Promise<Lived> {
  const clock = { nowMs: 0 };
  const { fetchObject } = worldFor(settings);
  const world = { ...worldOn({ s3: {} as never, sns }, settings, lasting, () => clock.nowMs), fetchObject };
  const destinations = noFailures();
  const answers: Ingested[] = [];
  let events = 0;
  const tell = async (): Promise<void> => {
    const { left, failed } = await deliver(world, destinations);
    if (left + failed.length > 0) throw new Error(`${left} alerts are left: ${failed[0]?.reason ?? "no reason"}`);
  };
  for (const messages of batches(records)) {
    clock.nowMs = messages.at(-1)?.sentMs ?? 0;
    events += messages.reduce((sum, { count }) => sum + count, 0);
    const answer = await ingest(messages, world);
    if (answer.failed.length > 0) throw new Error(`a message failed: ${answer.failed[0]?.reason ?? ""}`);
    answers.push(answer);
    if (answers.length % BATCHES_A_PASS === 0) await tell();
  }
  await tell();
  return { events, answers };
}

function* batches(records: Iterable<TrailRecord>): Generator<(Message & { readonly count: number })[]> {
  let [messages, held, nth]: [(Message & { count: number })[], TrailRecord[], number] = [[], [], 0];
  const close = (): void => {
    const sentMs = Date.parse(held.at(-1)?.eventTime ?? "");
    messages.push({
      id: `m${nth++}`,
      receives: 1,
      sentMs,
      body: JSON.stringify({ Records: held }),
      count: held.length,
    });
    held = [];
  };
  for (const record of records) {
    held.push(record);
    if (held.length === RECORDS_A_MESSAGE) close();
    if (messages.length === BATCH) {
      yield messages;
      messages = [];
    }
  }
  if (held.length > 0) close();
  if (messages.length > 0) yield messages;
}
