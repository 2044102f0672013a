import { Readable } from "node:stream";
import { GetObjectCommand, type S3Client } from "@aws-sdk/client-s3";
import type { S3Object } from "../trail/envelopes/opened.ts";

/** A trail's file is a few megabytes at most; whatever is larger than this is none. */
export const OBJECT_LIMIT_BYTES = 300 * 1024 * 1024;

/** An object's bytes, or why asking again at once would not give them. */
export type Fetched =
  | { readonly ok: true; readonly bytes: Uint8Array }
  | {
      readonly ok: false;
      readonly reason: string;
      /** True where a person can mend it and the notification must be kept until then; false where the object is gone. */
      readonly retry: boolean;
      /** There is no such object now: a notification may have outrun it. */
      readonly missing?: true;
    };

type Refusal = Extract<Fetched, { ok: false }>;

/**
 * S3's answers that are about this object, not about S3's health or the reader's credentials.
 * @see https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html
 */
const REFUSALS: ReadonlyMap<string, Refusal> = new Map([
  ["NoSuchKey", { ok: false, reason: "the object does not exist", retry: false, missing: true }],
  ["NoSuchBucket", { ok: false, reason: "the bucket does not exist", retry: false, missing: true }],
  ["AccessDenied", { ok: false, reason: "access to the object is denied", retry: true }],
  ["InvalidObjectState", { ok: false, reason: "the object is archived and must be restored first", retry: true }],
  ["KMS.DisabledException", { ok: false, reason: "the object's key is disabled", retry: true }],
  ["KMS.KMSInvalidStateException", { ok: false, reason: "the object's key is pending deletion", retry: true }],
]);

/**
 * Reads an object of a trail's bucket. The client follows a bucket to its region when made with
 * `followRegionRedirects`. Rejects, with the cause, on throttling, 5xx, network and credentials: the world is broken,
 * and the same request may succeed later.
 */
export async function getObject(client: S3Client, object: S3Object, limitBytes = OBJECT_LIMIT_BYTES): Promise<Fetched> {
  try {
    const { Body, ContentLength = 0 } = await client.send(
      new GetObjectCommand({ Bucket: object.bucket, Key: object.key }),
    );
    if (!(Body instanceof Readable)) throw new TypeError("S3 answered without a stream");
    return await collect(Body, ContentLength, limitBytes);
  } catch (cause) {
    const refusal = cause instanceof Error ? REFUSALS.get(cause.name) : undefined;
    if (refusal !== undefined) return refusal;
    throw new Error(`s3://${object.bucket}/${object.key} could not be read`, { cause });
  }
}

/** Leaving the loop early destroys the stream and with it the connection. */
async function collect(body: Readable, announcedBytes: number, limitBytes: number): Promise<Fetched> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  const tooLarge: Refusal = { ok: false, reason: `the object is larger than ${limitBytes} bytes`, retry: false };
  if (announcedBytes > limitBytes) {
    body.destroy();
    return tooLarge;
  }
  for await (const chunk of body as AsyncIterable<Uint8Array>) {
    size += chunk.length;
    if (size > limitBytes) return tooLarge;
    chunks.push(chunk);
  }
  return { ok: true, bytes: Buffer.concat(chunks, size) };
}
