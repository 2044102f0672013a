import {
  comesByEventBridge,
  deliveredAt,
  deliveryFiles,
  eventBridgeEvent,
  s3Notification,
  snsWrapped,
} from "../../examples/vendor/delivery.ts";
import { dice, type Dice } from "../../src/simulate/dice.ts";
import { DAY_MS, VENDOR_ACCOUNT } from "../../examples/vendor/estate.ts";
import type { TrailRecord } from "../../src/simulate/record.ts";
import type { Message } from "../../src/pipeline/ingest.ts";

/** A trail as EventBridge and S3 bring it. */
export interface TwoPaths {
  readonly files: ReturnType<typeof deliveryFiles>;
  /** In the order of arrival: both paths, late and with duplicates. */
  readonly messages: readonly (Message & { readonly sentMs: number })[];
  /** The files' notifications once more, as somebody sends them again who wants to be sure. */
  readonly again: readonly Message[];
  /** Bodies of what EventBridge brought. */
  readonly events: readonly string[];
  /** How many EventBridge should have brought and did not. */
  readonly lostEvents: number;
}

const LATEST_MS = DAY_MS;
/** Of a hundred messages. */
const SENT_TWICE = 20;
/** Of a hundred events of EventBridge's. */
const LOST = 1;

export function twoPaths(records: readonly TrailRecord[], seed: number): TwoPaths {
  const chance = dice(seed, "two paths");
  const files = deliveryFiles(records);
  const fast = records.filter((record) => comesByEventBridge(record, VENDOR_ACCOUNT));
  const came = fast.filter(() => chance.below(100) >= LOST);
  const events = came.map((record) => JSON.stringify(eventBridgeEvent(record)));
  const notices = files.map(({ key, body }) => noticeOf(key, body.length));
  const messages = [
    ...came.flatMap(({ eventTime }, at) => late(events[at]!, Date.parse(eventTime), chance)),
    ...files.flatMap(({ key }, at) => late(notices[at]!, deliveredAt(key), chance)),
  ].sort((a, b) => a.sentMs - b.sentMs);
  return {
    ...{ files, events },
    messages: messages.map((message, at) => ({ ...message, id: `m${at}` })),
    again: notices.map((body, at) => ({ id: `again${at}`, body, receives: 1, sentMs: null })),
    lostEvents: fast.length - came.length,
  };
}

/** A customer's file is announced through SNS. */
function noticeOf(key: string, size: number): string {
  const text = JSON.stringify(s3Notification("trail", key, size));
  return key.includes(`/${VENDOR_ACCOUNT}/`) ? text : JSON.stringify(snsWrapped(text));
}

function late(body: string, atMs: number, chance: Dice) {
  const times = chance.below(100) < SENT_TWICE ? 2 : 1;
  return Array.from({ length: times }, () => ({ body, receives: 1, sentMs: atMs + chance.below(LATEST_MS) }));
}
