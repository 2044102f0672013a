import { isObject } from "./envelope.ts";
import type { Envelope } from "./envelope.ts";
import { reject, skip } from "./opened.ts";
import type { Opening } from "./opened.ts";

/**
 * An element of S3's own notification. Its key is URL-encoded, a space as `+`.
 * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/notification-content-structure.html
 */
export const s3Notification: Envelope = (value, into, { where }) => {
  if (value.eventSource !== "aws:s3" || !isObject(value.s3)) return false;
  const happened = typeof value.eventName === "string" ? value.eventName : "";
  const { bucket, object } = value.s3;
  if (happened.startsWith("ObjectCreated:")) {
    const key = isObject(object) ? decodedKey(object.key) : null;
    pointAt(into, where, isObject(bucket) ? bucket.name : null, key, value.awsRegion);
  } else {
    skip(into, /^(?:ObjectRemoved|LifecycleExpiration):/.test(happened) ? "object deleted" : "other s3 event");
  }
  return true;
};

/**
 * What S3 sends once when a notification is configured.
 * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/notification-content-structure.html
 */
export const s3TestEvent: Envelope = (value, into) => {
  if (value.Event !== "s3:TestEvent") return false;
  skip(into, "s3 test event");
  return true;
};

/**
 * CloudTrail's own notice of delivered files. Its keys are not encoded.
 * @see https://docs.aws.amazon.com/awscloudtrail/latest/userguide/configure-sns-notifications-for-cloudtrail.html
 */
export const deliveryNotice: Envelope = (value, into, { where }) => {
  if (typeof value.s3Bucket !== "string" || value.s3ObjectKey === undefined) return false;
  const keys: unknown[] = Array.isArray(value.s3ObjectKey) ? value.s3ObjectKey : [value.s3ObjectKey];
  if (keys.length === 0) skip(into, "empty list");
  for (const key of keys) pointAt(into, where, value.s3Bucket, key, null);
  return true;
};

/**
 * Notes an object to be fetched, unless its key says that it holds no records.
 * @see https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-find-log-files.html
 */
export function pointAt(into: Opening, where: string, bucket: unknown, key: unknown, region: unknown): void {
  if (typeof bucket !== "string" || typeof key !== "string" || bucket === "" || key === "") {
    reject(into, where, "notification without a readable bucket and key");
  } else if (key.includes("/CloudTrail-Digest/")) {
    skip(into, "digest file");
  } else if (key.includes("/CloudTrail-Insight/")) {
    skip(into, "insight");
  } else {
    into.objects.push({ bucket, key, region: typeof region === "string" ? region : null });
  }
}

function decodedKey(key: unknown): string | null {
  if (typeof key !== "string") return null;
  try {
    return decodeURIComponent(key.replaceAll("+", " "));
  } catch {
    return null;
  }
}
