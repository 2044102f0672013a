import { isObject } from "./envelope.ts";
import type { Envelope } from "./envelope.ts";
import { reject, skip } from "./opened.ts";
import { isTriggerSource } from "./records.ts";

/**
 * An element of what SQS, SNS and Kinesis send to a function.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/with-sqs.html
 * @see https://docs.aws.amazon.com/lambda/latest/dg/with-sns.html
 * @see https://docs.aws.amazon.com/lambda/latest/dg/with-kinesis.html
 */
export const lambdaTrigger: Envelope = (value, into, { where, unwrap }) => {
  const source = value.eventSource ?? value.EventSource;
  if (!isTriggerSource(source)) return false;
  if (source === "aws:sqs" && typeof value.body === "string") {
    unwrap(value.body, "body", "reject");
  } else if (source === "aws:sns" && isObject(value.Sns)) {
    unwrap(value.Sns, "Sns", "reject");
  } else if (source === "aws:kinesis" && isObject(value.kinesis) && typeof value.kinesis.data === "string") {
    unwrap(Buffer.from(value.kinesis.data, "base64"), "kinesis.data", "reject");
  } else if (["aws:sqs", "aws:sns", "aws:kinesis", "aws:s3"].includes(source)) {
    reject(into, where, `${source} event without its content`);
  } else {
    skip(into, "other event");
  }
  return true;
};
