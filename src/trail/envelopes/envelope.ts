import type { Opening } from "./opened.ts";

/** A JSON object of which nothing is known yet. */
export type JsonObject = Readonly<Record<string, unknown>>;

/** Whether it has named fields at all: no list, no null. */
export function isObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/**
 * What becomes of content that nothing recognises. `record`: the envelope says that it is one, so the decoder judges
 * it. `log line`: log groups hold other things too, so it is put aside. `reject`: it is noted as unreadable.
 */
export type Otherwise = "record" | "log line" | "reject";

/**
 * Opens what an envelope holds: text that may be JSON, bytes that may be compressed, or a value. `step` is the way to
 * it from the envelope, for messages; without `otherwise` the envelope's own expectation holds on.
 */
export type Unwrap = (content: unknown, step: string, otherwise?: Otherwise) => void;

/** Where an envelope itself was found, and how to open what is inside it. */
export interface Found {
  readonly where: string;
  readonly unwrap: Unwrap;
}

/** One way of carrying records. False, and nothing noted, if the value is no envelope of this kind. */
export type Envelope = (value: JsonObject, into: Opening, found: Found) => boolean;
