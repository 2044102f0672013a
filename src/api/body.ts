import { headerOf, type HttpEvent } from "./event.ts";
import { refuse, type Refusal } from "./problem.ts";

/** What a request carries; `text`: something, and it is not JSON. */
export type Body =
  | { readonly kind: "none" }
  | { readonly kind: "json"; readonly value: unknown }
  | { readonly kind: "text"; readonly text: string; readonly refusal: Refusal };

/** Ten thousand account numbers are 150 kB. */
export const LARGEST_BYTES = 1_000_000;
const DEEPEST = 8;

/** Reads a body within limits; what is no JSON comes back as text with the reason to refuse it. */
export function bodyFrom(event: HttpEvent): Body | Refusal {
  const { body = "", isBase64Encoded } = event;
  if ((isBase64Encoded ? (body.length * 3) / 4 - 2 : Buffer.byteLength(body)) > LARGEST_BYTES) {
    return refuse("too-large", { detail: `at most ${LARGEST_BYTES} bytes: send the accounts in several requests` });
  }
  const bytes = Buffer.from(body, isBase64Encoded ? "base64" : "utf8");
  if (bytes.length === 0) return { kind: "none" };
  const readable = textFrom(bytes);
  const text = readable ?? bytes.toString("latin1");
  const asText = (refusal: Refusal): Body => ({ kind: "text", text, refusal });
  const isPlain = /^(?:identity)?$/i.test(headerOf(event, "content-encoding").trim());
  if (!isPlain || !JSON_TYPE.test(headerOf(event, "content-type"))) return asText(refuse("unsupported-media-type"));
  if (readable === null) return asText(invalid("not UTF-8"));
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return asText(invalid("not JSON"));
  }
  return isDeep(value) ? asText(invalid(`nested deeper than ${DEEPEST} levels`)) : { kind: "json", value };
}

/** JSON is UTF-8 whether or not that is said. @see https://www.rfc-editor.org/rfc/rfc8259#section-8.1 */
const JSON_TYPE = /^\s*application\/json\s*(?:;\s*charset\s*=\s*"?utf-?8"?\s*)?$/i;

function invalid(detail: string): Refusal {
  return refuse("invalid-request", { errors: [{ pointer: "", detail }] });
}

function textFrom(bytes: Uint8Array): string | null {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    return null;
  }
}

function isDeep(value: unknown): boolean {
  let level = [value];
  for (let depth = 0; level.length > 0; depth++) {
    if (depth > DEEPEST) return true;
    level = level.flatMap((one) => (typeof one === "object" && one !== null ? (Object.values(one) as unknown[]) : []));
  }
  return false;
}
