import {
  ChangeMessageVisibilityBatchCommand,
  DeleteMessageBatchCommand,
  ReceiveMessageCommand,
  type BatchResultErrorEntry,
  type SQSClient,
} from "@aws-sdk/client-sqs";

/** A message in flight: invisible to other readers until its visibility timeout. */
export interface QueueMessage {
  readonly id: string;
  /** By which this delivery, and no other of the same message, is removed or returned. */
  readonly receipt: string;
  readonly body: string;
  /** How often it was received, this time included. */
  readonly receives: number;
  readonly sentMs: number | null;
}

/** A receipt that the queue did not act on. */
export interface Unsettled {
  readonly receipt: string;
  /** SQS's own code, such as `ReceiptHandleIsInvalid`. */
  readonly reason: string;
  /** Whether trying again may help: the fault was SQS's. */
  readonly retry: boolean;
}

/** @see https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_DeleteMessageBatch.html */
const BATCH = 10;

/**
 * Waits up to `waitSeconds` (0–20) for up to `max` (1–10) messages; empty where none came. Rejects when the queue
 * cannot be asked, or `signal` ends the wait.
 */
export async function receive(
  client: SQSClient,
  queueUrl: string,
  { waitSeconds, max, signal }: { readonly waitSeconds: number; readonly max: number; readonly signal?: AbortSignal },
): Promise<readonly QueueMessage[]> {
  const { Messages = [] } = await client.send(
    new ReceiveMessageCommand({
      QueueUrl: queueUrl,
      WaitTimeSeconds: waitSeconds,
      MaxNumberOfMessages: max,
      MessageSystemAttributeNames: ["ApproximateReceiveCount", "SentTimestamp"],
    }),
    signal === undefined ? {} : { abortSignal: signal },
  );
  return Messages.map(({ MessageId = "", ReceiptHandle = "", Body = "", Attributes = {} }) => ({
    id: MessageId,
    receipt: ReceiptHandle,
    body: Body,
    receives: Number(Attributes.ApproximateReceiveCount ?? 1),
    sentMs: Attributes.SentTimestamp === undefined ? null : Number(Attributes.SentTimestamp),
  }));
}

/** Removes messages that are dealt with. Answers those that are still there and will come again. */
export function remove(
  client: SQSClient,
  queueUrl: string,
  receipts: readonly string[],
): Promise<readonly Unsettled[]> {
  return inBatches(receipts, (entries) =>
    client.send(new DeleteMessageBatchCommand({ QueueUrl: queueUrl, Entries: entries })),
  );
}

/** Gives messages back to the queue at once, instead of after their visibility timeout. */
export function returnNow(
  client: SQSClient,
  queueUrl: string,
  receipts: readonly string[],
): Promise<readonly Unsettled[]> {
  return inBatches(receipts, (entries) =>
    client.send(
      new ChangeMessageVisibilityBatchCommand({
        QueueUrl: queueUrl,
        Entries: entries.map((entry) => ({ ...entry, VisibilityTimeout: 0 })),
      }),
    ),
  );
}

interface Entry {
  readonly Id: string;
  readonly ReceiptHandle: string;
}

async function inBatches(
  receipts: readonly string[],
  send: (entries: Entry[]) => Promise<{ readonly Failed?: BatchResultErrorEntry[] | undefined }>,
): Promise<readonly Unsettled[]> {
  const unsettled: Unsettled[] = [];
  for (let start = 0; start < receipts.length; start += BATCH) {
    const batch = receipts.slice(start, start + BATCH);
    const { Failed = [] } = await send(batch.map((receipt, at) => ({ Id: String(at), ReceiptHandle: receipt })));
    for (const { Id, Code = "unknown", SenderFault = false } of Failed) {
      unsettled.push({ receipt: batch[Number(Id)] ?? "", reason: Code, retry: !SenderFault });
    }
  }
  return unsettled;
}
