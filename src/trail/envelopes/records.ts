import { isObject } from "./envelope.ts";
import type { Envelope } from "./envelope.ts";
import { keep, skip } from "./opened.ts";

/**
 * `{"Records": […]}`: a CloudTrail log file, but also every S3, SQS, SNS and Kinesis event, so each element is looked
 * at on its own.
 * @see https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-log-file-examples.html
 */
export const recordsList: Envelope = (value, _into, { unwrap }) => {
  if (!Array.isArray(value.Records)) return false;
  unwrap(value.Records, "Records", "record");
  return true;
};

/**
 * An Insights event tells of rates, and CloudTrail computes them for write calls only: no role assumption is in it.
 * @see https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-insights-fields-trails.html
 */
export const insight: Envelope = (value, into) => {
  if (value.eventType !== "AwsCloudTrailInsight" && !isObject(value.insightDetails)) return false;
  skip(into, "insight");
  return true;
};

const TELLING_FIELDS = ["eventSource", "eventName", "eventTime", "userIdentity", "eventID"] as const;

/** A record by itself: any two of the fields that no other JSON spells this way; real records lack any one of them. */
export const bareRecord: Envelope = (value, into) => {
  if (isTriggerSource(value.eventSource)) return false;
  if (TELLING_FIELDS.filter((field) => value[field] !== undefined).length < 2) return false;
  keep(into, value);
  return true;
};

/** The quick test that nearly every element of a log file passes; what fails it is looked at closely. */
export function isPlainRecord(value: unknown): boolean {
  return (
    isObject(value) &&
    typeof value.eventSource === "string" &&
    typeof value.eventName === "string" &&
    !isTriggerSource(value.eventSource) &&
    value.eventType !== "AwsCloudTrailInsight" &&
    value.insightDetails === undefined
  );
}

/**
 * `aws:s3`, `aws:sqs` …: the events that services send to functions spell their fields as CloudTrail does, but name
 * their source so, where CloudTrail writes a service's DNS name.
 */
export function isTriggerSource(source: unknown): source is string {
  return typeof source === "string" && source.startsWith("aws:");
}
