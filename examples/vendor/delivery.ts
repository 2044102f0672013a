import { createHash } from "node:crypto";
import type { TrailRecord } from "../../src/simulate/record.ts";

export { deliveryFiles, objectKey, type DeliveryFile } from "../../src/simulate/delivery.ts";

/**
 * The record as EventBridge sends it to a rule.
 * @see https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-service-event-cloudtrail.html
 */
export function eventBridgeEvent(record: TrailRecord): object {
  const service = record.eventSource.replace(".amazonaws.com", "");
  return {
    version: "0",
    id: uuidOf(`event ${record.eventID}`),
    "detail-type": "AWS API Call via CloudTrail",
    source: `aws.${service}`,
    account: record.recipientAccountId,
    time: record.eventTime,
    region: record.awsRegion,
    resources: [],
    detail: record,
  };
}

/**
 * S3's notification of a new object, whose key is URL-encoded as in a form.
 * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/notification-content-structure.html
 */
export function s3Notification(bucket: string, key: string, size = 0): object {
  const region = /\/CloudTrail\/([a-z0-9-]+)\//.exec(key)?.[1] ?? "us-east-1";
  return {
    Records: [
      {
        eventVersion: "2.1",
        eventSource: "aws:s3",
        awsRegion: region,
        eventTime: new Date(deliveredAt(key)).toISOString(),
        eventName: "ObjectCreated:Put",
        userIdentity: { principalId: "AWS:AROAEXAMPLEEXAMPLEEXA:trail" },
        requestParameters: { sourceIPAddress: "198.51.100.250" },
        responseElements: {
          "x-amz-request-id": "C3D13FE58DE4C810",
          "x-amz-id-2": "FMyUVURIY8/IgAtTv8xRjskZQpcIZ9KG4V5Wp6S7S/JRWeUWerMUE5JgHvANOjpD",
        },
        s3: {
          s3SchemaVersion: "1.0",
          configurationId: "deputywatch",
          bucket: { name: bucket, ownerIdentity: { principalId: "A3NL1KOZZKExample" }, arn: `arn:aws:s3:::${bucket}` },
          object: {
            key: encodeURIComponent(key).replaceAll("%2F", "/").replaceAll("%20", "+"),
            size,
            eTag: digest(key).toString("hex").slice(0, 32),
            sequencer: "0055AED6DCD90281E5",
          },
        },
      },
    ],
  };
}

/**
 * The body as SNS hands it to a queue, unless raw delivery is on.
 * @see https://docs.aws.amazon.com/sns/latest/dg/sns-message-and-json-formats.html
 */
export function snsWrapped(body: string): object {
  const topic = "arn:aws:sns:us-east-1:999988887777:trail";
  return {
    Type: "Notification",
    MessageId: uuidOf(`message ${body}`),
    TopicArn: topic,
    Message: body,
    Timestamp: "2026-11-20T10:00:00.000Z",
    SignatureVersion: "1",
    Signature:
      "EXAMPLEpH+DcEwjAPg8O9mY8dReBSwksfg2S7WKQcikcNKWLQjwu6A4VbeS0QHVCkhRS7fUQvi2egU3N858fiTDN6bkkOxYDVrY0Ad8L10Hs3zH81mtnPk5uvvolIC1CXGu43obcgFxeL3khZl8IKvO61GWB6jI9b5+gLPoBc1Q=",
    SigningCertURL:
      "https://sns.us-east-1.amazonaws.com/SimpleNotificationService-0123456789abcdef0123456789abcdef.pem",
    UnsubscribeURL: `https://sns.us-east-1.amazonaws.com/?Action=Unsubscribe&SubscriptionArn=${topic}:c9135db0-26c4-47ec-8998-413945fb5a96`,
  };
}

/** When a file was delivered, as its name tells, in epoch milliseconds; 0 for a name that does not. */
export function deliveredAt(key: string): number {
  const [found, year, month, day, hour, minute] = /_(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)Z_/.exec(key) ?? [];
  return found === undefined ? 0 : Date.parse(`${year}-${month}-${day}T${hour}:${minute}:00Z`);
}

/** Whether EventBridge brings it: a call of STS, in the account whose trail it is. */
export function comesByEventBridge({ eventSource, recipientAccountId }: TrailRecord, account: string): boolean {
  return eventSource === "sts.amazonaws.com" && recipientAccountId === account;
}

function uuidOf(text: string): string {
  const hex = digest(text).toString("hex");
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}

function digest(text: string): Buffer {
  return createHash("sha256").update(text).digest();
}
