import type { Envelope } from "./envelope.ts";
import { skip } from "./opened.ts";

/**
 * What SNS wraps around a message that is not delivered raw.
 * @see https://docs.aws.amazon.com/sns/latest/dg/sns-message-and-json-formats.html
 */
export const snsNotification: Envelope = (value, into, { unwrap }) => {
  if (typeof value.Message !== "string") return false;
  if (value.Type === "SubscriptionConfirmation" || value.Type === "UnsubscribeConfirmation") {
    skip(into, "subscription message");
  } else {
    unwrap(value.Message, "Message");
  }
  return true;
};

/**
 * The plain text by which CloudTrail tries a topic out when a trail is given one.
 * @see https://github.com/aws/aws-cloudtrail-processing-library/issues/9
 */
export const VALIDATION_MESSAGE = "CloudTrail validation message.";
