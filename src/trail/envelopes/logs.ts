import { isObject } from "./envelope.ts";
import type { Envelope, Unwrap } from "./envelope.ts";
import { skip } from "./opened.ts";

/**
 * What a CloudWatch Logs subscription sends to a function: base64 of gzip of the message below.
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/SubscriptionFilters.html
 */
export const logsPayload: Envelope = (value, _into, { unwrap }) => {
  if (!isObject(value.awslogs) || typeof value.awslogs.data !== "string") return false;
  unwrap(Buffer.from(value.awslogs.data, "base64"), "awslogs.data");
  return true;
};

/**
 * The message of a CloudWatch Logs subscription: `logEvents`, or a control message that tests the destination.
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/SubscriptionFilters.html
 */
export const logsMessage: Envelope = (value, into, { unwrap }) => {
  if (typeof value.messageType !== "string" || !Array.isArray(value.logEvents)) return false;
  const events: unknown[] = value.logEvents;
  if (value.messageType === "CONTROL_MESSAGE") skip(into, "control message");
  else if (events.length === 0) skip(into, "empty list");
  else for (const [index, event] of events.entries()) openEvent(event, `logEvents[${index}].message`, unwrap);
  return true;
};

function openEvent(event: unknown, step: string, unwrap: Unwrap): void {
  const message = isObject(event) ? event.message : event;
  unwrap(message, step, isCloudTrails(message) ? "record" : "log line");
}

/** CloudTrail writes `eventVersion` first; a line that begins so and then breaks off is a lost record, no stranger. */
function isCloudTrails(message: unknown): boolean {
  return typeof message === "string" && message.startsWith('{"eventVersion"');
}
