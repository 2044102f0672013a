import { createHash } from "node:crypto";
import { gzipSync } from "node:zlib";
import { isoTime, type TrailRecord } from "./record.ts";

/** One object of a trail's bucket. */
export interface DeliveryFile {
  readonly key: string;
  /** `{"Records":[…]}`, gzipped. */
  readonly body: Uint8Array;
}

const DELIVERY_MS = 5 * 60_000;

/**
 * The files in which CloudTrail delivers these records: one for each account, region and five minutes that have any,
 * in the order of delivery. With `account`, that account's trail alone.
 * @see https://docs.aws.amazon.com/awscloudtrail/latest/userguide/get-and-view-cloudtrail-log-files.html
 */
export function deliveryFiles(records: readonly TrailRecord[], account?: string): DeliveryFile[] {
  const trail = records.filter(({ recipientAccountId }) => account === undefined || recipientAccountId === account);
  return [...Map.groupBy(trail, fileKey)]
    .map(([key, delivered]) => ({ key, body: gzipSync(JSON.stringify({ Records: delivered })) }))
    .sort((a, b) => (fileName(a.key) < fileName(b.key) ? -1 : 1));
}

/** The same files while the records, in the order of their times, are still being made: five minutes are held at a time. */
export function* deliveryOf(records: Iterable<TrailRecord>): Generator<DeliveryFile> {
  let held: TrailRecord[] = [];
  let until = "";
  for (const record of records) {
    if (record.eventTime >= until) {
      yield* deliveryFiles(held);
      held = [];
      const slice = Math.floor(Date.parse(record.eventTime) / DELIVERY_MS) + 1;
      until = isoTime(slice * DELIVERY_MS);
    }
    held.push(record);
  }
  yield* deliveryFiles(held);
}

/** Delivered at the end of its five minutes, which is what the name and the folder tell. */
function fileKey({ recipientAccountId, awsRegion, eventTime }: TrailRecord): string {
  const deliveredMs = (Math.floor(Date.parse(eventTime) / DELIVERY_MS) + 1) * DELIVERY_MS;
  const unique = digest(`${recipientAccountId} ${awsRegion} ${deliveredMs}`).toString("hex").slice(0, 16);
  return objectKey(recipientAccountId, awsRegion, deliveredMs, unique);
}

/** Where a file delivered at that moment lies in the bucket; `unique` is 16 letters and digits. */
export function objectKey(account: string, region: string, deliveredMs: number, unique: string): string {
  const delivered = new Date(deliveredMs).toISOString();
  const day = delivered.slice(0, 10).replaceAll("-", "/");
  const minute = delivered.slice(0, 16).replaceAll(/[-:]/g, "");
  return `AWSLogs/${account}/CloudTrail/${region}/${day}/${account}_CloudTrail_${region}_${minute}Z_${unique}.json.gz`;
}

function fileName(key: string): string {
  const time = /_(\d{8}T\d{4}Z)_/.exec(key)?.[1] ?? "";
  return `${time} ${key}`;
}

function digest(text: string): Buffer {
  return createHash("sha256").update(text).digest();
}
