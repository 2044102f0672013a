import type { SQSClient } from "@aws-sdk/client-sqs";
import { receive, remove } from "../../src/sources/queue.ts";

/** A message as a subscriber's queue holds it. */
export interface Received<T> {
  readonly alert: T;
  /** The message whole, to be searched for what must not be in it. */
  readonly body: string;
  /** Epoch milliseconds. */
  readonly atMs: number;
}

/** Takes what is in a subscriber's queue, waiting up to `waitSeconds` for the first. */
export async function take<T>(
  sqs: SQSClient,
  queueUrl: string,
  { waitSeconds = 0, signal }: { readonly waitSeconds?: number; readonly signal?: AbortSignal } = {},
): Promise<readonly Received<T>[]> {
  const all: Received<T>[] = [];
  for (let wait = waitSeconds; ; wait = 0) {
    const messages = await receive(sqs, queueUrl, {
      waitSeconds: wait,
      max: 10,
      ...(signal === undefined ? {} : { signal }),
    });
    if (messages.length === 0) return all;
    const atMs = Date.now();
    for (const { body } of messages) {
      const { Message } = JSON.parse(body) as { Message: string };
      all.push({ alert: JSON.parse(Message) as T, body, atMs });
    }
    await remove(
      sqs,
      queueUrl,
      messages.map(({ receipt }) => receipt),
    );
  }
}
