import type { Envelope } from "./envelope.ts";

/**
 * A page of LookupEvents, whose events carry the record as a string in `CloudTrailEvent`.
 * @see https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_LookupEvents.html
 */
export const lookupPage: Envelope = (value, _into, { unwrap }) => {
  if (!Array.isArray(value.Events)) return false;
  unwrap(value.Events, "Events");
  return true;
};

/**
 * One event of LookupEvents.
 * @see https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_Event.html
 */
export const lookupEvent: Envelope = (value, _into, { unwrap }) => {
  if (typeof value.CloudTrailEvent !== "string") return false;
  unwrap(value.CloudTrailEvent, "CloudTrailEvent", "record");
  return true;
};
