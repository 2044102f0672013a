import { GetObjectCommand, PutObjectCommand, type S3Client } from "@aws-sdk/client-s3";
import { getSignedUrl } from "@aws-sdk/s3-request-presigner";
import { mistake } from "../config/mistake.ts";

/** A template to be handed out by a link, and for how long. */
export interface Publication {
  readonly bucket: string;
  /** Begins the object's key; empty: none. */
  readonly prefix: string;
  /** Random, of 128 bits or more: makes the key unguessable and used once, so that nothing is ever written over. */
  readonly nonce: string;
  readonly body: string;
  readonly fileName: string;
  readonly contentType: string;
  readonly expiresSeconds: number;
}

/**
 * Puts a template into a bucket, encrypted, under a key of its own, and answers a link that anybody may download it by
 * until it expires: after `expiresSeconds`, or with the credentials that signed it, whichever is sooner. The object
 * stays until the bucket's lifecycle rule for the prefix removes it. The link is tried once before it is answered; one
 * that does not work throws a mistake.
 * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/using-presigned-url.html
 */
export async function publishTemplate(
  client: S3Client,
  { bucket, prefix, nonce, body, fileName, contentType, expiresSeconds }: Publication,
): Promise<{ readonly key: string; readonly url: string }> {
  const key = [...prefix.split("/").filter(Boolean), nonce, fileName].join("/");
  const where = { Bucket: bucket, Key: key };
  try {
    await client.send(
      new PutObjectCommand({ ...where, Body: body, ContentType: contentType, ServerSideEncryption: "AES256" }),
    );
  } catch (cause) {
    throw new Error(`s3://${bucket} did not take the template`, { cause });
  }
  const url = await getSignedUrl(client, new GetObjectCommand(where), { expiresIn: expiresSeconds });
  const answer = await fetch(url);
  if ((await answer.text()) !== body) {
    throw mistake(
      `the link to s3://${bucket}/${key} does not give the template (HTTP ${answer.status})`,
      "set AWS_REGION to the bucket's region, and let the signer read the object (s3:GetObject)",
    );
  }
  return { key, url };
}
