import { PutObjectCommand, type S3Client } from "@aws-sdk/client-s3";
import { fileNameOf, noteOf, type Quarantine } from "./quarantine.ts";

/** A bucket's prefix: `<id>.json` says what and why, `<id>.body` is what came. Encrypted with the bucket's KMS key. */
export function s3Quarantine(client: S3Client, bucket: string, prefix: string): Quarantine {
  const start = prefix === "" || prefix.endsWith("/") ? prefix : `${prefix}/`;
  const put = async (name: string, content: string, type: string): Promise<void> => {
    const where = { Bucket: bucket, Key: `${start}${name}` };
    await client.send(
      new PutObjectCommand({ ...where, Body: content, ContentType: type, ServerSideEncryption: "aws:kms" }),
    );
  };
  return {
    keep: async (item) => {
      const name = fileNameOf(item.id);
      try {
        if (item.body !== null) await put(`${name}.body`, item.body, "application/octet-stream");
        await put(`${name}.json`, noteOf(item, `${name}.body`), "application/json");
      } catch (cause) {
        throw new Error(`the quarantine s3://${bucket}/${start} took nothing`, { cause });
      }
    },
  };
}
