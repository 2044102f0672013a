import { isObject } from "./envelope.ts";
import type { Envelope } from "./envelope.ts";
import { reject, skip } from "./opened.ts";
import { pointAt } from "./s3.ts";

/**
 * An EventBridge event: a record in `detail`, or an S3 event whose key, unlike in S3's own notification, is not encoded.
 *
 * Anybody who may call PutEvents can send an event of the same `detail-type`; only AWS can send one whose `source`
 * begins with `aws.`, so all others are refused.
 * @see https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-events-structure.html
 * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/ev-events.html
 */
export const eventBridge: Envelope = (value, into, { where, unwrap }) => {
  const { detail, source } = value;
  const kind = value["detail-type"];
  if (typeof kind !== "string" || detail === undefined) return false;
  const fromCloudTrail = kind.endsWith(" via CloudTrail");
  const fromS3 = kind.startsWith("Object ");
  if ((fromCloudTrail || fromS3) && !sentByAws(source)) {
    reject(into, where, "EventBridge event of AWS's kind that AWS did not send");
  } else if (fromCloudTrail) {
    unwrap(detail, "detail", "record");
  } else if (kind === "Object Created" && isObject(detail)) {
    const { bucket, object } = detail;
    pointAt(into, where, isObject(bucket) ? bucket.name : null, isObject(object) ? object.key : null, value.region);
  } else if (kind === "Object Deleted") {
    skip(into, "object deleted");
  } else {
    skip(into, fromS3 ? "other s3 event" : "other event");
  }
  return true;
};

/** An input transformer may have dropped the source; PutEvents cannot leave it out. Partners' sources are not AWS's. */
function sentByAws(source: unknown): boolean {
  if (source === undefined) return true;
  return typeof source === "string" && source.startsWith("aws.") && !source.startsWith("aws.partner/");
}
