import { isObject } from "./envelope.ts";
import type { Envelope } from "./envelope.ts";

/** Where log shippers, queues and test suites put the original, the least ambiguous first. */
const KEYS = ["_raw", "CloudTrailEvent", "record", "detail", "body", "Body", "data", "event", "message"] as const;

/** A shipper's wrapper: some fields of its own, and the original under a customary name, as JSON or as a string of it. */
export const wrapped: Envelope = (value, _into, { unwrap }) => {
  const key = KEYS.find((name) => mayHoldRecords(value[name]));
  if (key === undefined) return false;
  unwrap(value[key], key);
  return true;
};

/** JSON, or gzip in base64, by its first characters. */
function mayHoldRecords(content: unknown): boolean {
  if (typeof content === "string") return /^\s*(?:[{[]|H4sI)/.test(content);
  return isObject(content) || Array.isArray(content);
}
