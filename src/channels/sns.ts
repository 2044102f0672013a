import { PublishCommand, type MessageAttributeValue, type SNSClient } from "@aws-sdk/client-sns";
import type { Alert } from "../alerts/alert.ts";
import { escapeJson } from "../alerts/escape.ts";
import type { TenantAlert } from "../alerts/redact.ts";
import { refusal, type Channel } from "./channel.ts";

type Told = Alert | TenantAlert;

/** Body and attributes together. @see https://docs.aws.amazon.com/sns/latest/api/API_Publish.html */
export const SNS_LIMIT_BYTES = 262_144;

/**
 * Answers after which a topic takes nothing until somebody has mended it, under the names of both of SNS's protocols.
 * @see https://docs.aws.amazon.com/sns/latest/api/API_Publish.html#API_Publish_Errors
 */
const PERMANENT: ReadonlySet<string> = new Set(
  ["NotFound", "AuthorizationError", "EndpointDisabled", "KMSAccessDenied", "KMSDisabled", "KMSNotFound"].flatMap(
    (name) => [name, `${name}Exception`],
  ),
);

/**
 * A topic. The body is the alert as `replay --format ndjson` writes it; `detector`, `severity`, `tenant` and
 * `schemaVersion` are message attributes, for subscribers' filter policies. These choose what a subscriber wants to
 * see and are no boundary between tenants: each tenant's feed is a topic of its own.
 */
export function snsChannel(client: SNSClient, topicArn: string, name: string): Channel {
  return {
    name,
    send: async (alert, signal) => {
      const { body, attributes } = messageOf(alert);
      const command = new PublishCommand({
        TopicArn: topicArn,
        Subject: `deputywatch ${alert.severity} ${alert.detector}`,
        Message: body,
        MessageAttributes: attributes,
      });
      try {
        await client.send(command, signal === undefined ? {} : { abortSignal: signal });
      } catch (cause) {
        const permanent = cause instanceof Error && PERMANENT.has(cause.name);
        throw refusal(`the topic of channel ${name} did not take alert ${alert.id}`, { permanent }, cause);
      }
    },
  };
}

/** The alert as one message within SNS's limit: the fullest of its forms that fits. */
export function messageOf(alert: Told): {
  readonly body: string;
  readonly attributes: Record<string, MessageAttributeValue>;
} {
  const attributes = attributesOf(alert);
  const room = SNS_LIMIT_BYTES - attributesBytes(attributes);
  let body = "";
  for (const form of forms(alert)) {
    body = escapeJson(JSON.stringify(form));
    if (Buffer.byteLength(body) <= room) break;
  }
  return { body, attributes };
}

/** Ever shorter. Id, detector, severity and times are never too long to stay; the last form is small whatever came in. */
function* forms(alert: Told): Generator<Told> {
  yield alert;
  yield shortened(alert, 50, 2000);
  yield shortened(alert, 10, 500);
  yield { ...shortened(alert, 1, 200), evidence: { leftOut: Object.keys(alert.evidence).length } };
}

/** What a list loses is counted in its last item; event IDs stay nothing but IDs, their total is `calls`. */
function shortened(alert: Told, items: number, characters: number): Told {
  const short = (value: unknown): unknown => {
    if (typeof value === "string") return value.length > characters ? `${value.slice(0, characters)}…` : value;
    if (typeof value !== "object" || value === null) return value;
    if (!Array.isArray(value))
      return Object.fromEntries(Object.entries(value).map(([name, held]) => [name, short(held)]));
    const shown = value.slice(0, items).map(short);
    return shown.length < value.length ? [...shown, `${value.length - shown.length} more`] : shown;
  };
  const { attack, respond, eventIds } = alert;
  return { ...(short(alert) as Told), attack, respond, eventIds: eventIds.slice(0, items) };
}

function attributesOf({ detector, severity, tenant, schemaVersion }: Told): Record<string, MessageAttributeValue> {
  const values = {
    detector,
    severity,
    tenant: tenant === null ? "" : plain(tenant),
    schemaVersion: String(schemaVersion),
  };
  return Object.fromEntries(
    Object.entries(values)
      .filter(([, value]) => value !== "")
      .map(([name, value]) => [name, { DataType: "String", StringValue: value }]),
  );
}

/** SNS refuses attribute values with emoji or controls; each becomes a question mark. */
function plain(text: string): string {
  return text.replace(/[\p{C}\p{Extended_Pictographic}\u{10000}-\u{10FFFF}]/gu, "?");
}

/** Names, types and values all count. */
function attributesBytes(attributes: Record<string, MessageAttributeValue>): number {
  return Object.entries(attributes).reduce(
    (sum, [name, { DataType = "", StringValue = "" }]) => sum + Buffer.byteLength(name + DataType + StringValue),
    0,
  );
}
