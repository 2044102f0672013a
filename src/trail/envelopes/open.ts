import { constants, isAscii, isUtf8 } from "node:buffer";
import { digestFile } from "./digest.ts";
import { isObject } from "./envelope.ts";
import type { Envelope, JsonObject, Otherwise, Unwrap } from "./envelope.ts";
import { eventBridge } from "./eventbridge.ts";
import { inflateNow, INFLATION_LIMITS, isGzip, mostInflated } from "./gzip.ts";
import { lambdaTrigger } from "./lambda.ts";
import { logsMessage, logsPayload } from "./logs.ts";
import { lookupEvent, lookupPage } from "./lookup.ts";
import { keep, keepList, opened, opening, reject, skip } from "./opened.ts";
import type { Opened, Opening } from "./opened.ts";
import { bareRecord, insight, isPlainRecord, recordsList } from "./records.ts";
import { deliveryNotice, s3Notification, s3TestEvent } from "./s3.ts";
import { snsNotification, VALIDATION_MESSAGE } from "./sns.ts";
import { piecesOf } from "./text.ts";
import type { Decode } from "./text.ts";
import { wrapped } from "./wrapped.ts";

export type { Opened, S3Object } from "./opened.ts";

/** Tried in this order: what says what it is comes before what is only guessed from its fields. */
const ENVELOPES: readonly Envelope[] = [
  recordsList,
  eventBridge,
  s3Notification,
  s3TestEvent,
  deliveryNotice,
  lambdaTrigger,
  snsNotification,
  logsPayload,
  logsMessage,
  lookupEvent,
  lookupPage,
  digestFile,
  insight,
  bareRecord,
  wrapped,
];

/** A function's event around a queue's message around a topic's around EventBridge's makes four. */
const MOST_LAYERS = 6;

const NOT_KNOWN = "not a CloudTrail record nor an envelope known to deputywatch";

/** How deep, and on whose word, the content at hand was found. */
interface Place {
  readonly where: string;
  readonly layer: number;
  readonly otherwise: Otherwise;
  /** It came out of gzip already; a second layer of it is not followed. */
  readonly inflated: boolean;
}

const OUTSIDE: Place = { where: "", layer: 0, otherwise: "reject", inflated: false };

/** Opens a value that JSON could hold: a queue message's parsed body, an event handed to a function. Never throws. */
export function openValue(value: unknown): Opened {
  const into = opening(INFLATION_LIMITS.ceilingBytes);
  openContent(value, into, OUTSIDE);
  return opened(into);
}

/** Opens text: one JSON document, one a line, one after another, or gzip in base64. Never throws. */
export function openText(text: string): Opened {
  const into = opening(INFLATION_LIMITS.ceilingBytes);
  openString(text, into, OUTSIDE);
  return opened(into);
}

/** Opens the content of a file, which `inflate` has already inflated. Never throws. */
export function openBytes(bytes: Uint8Array): Opened {
  const into = opening(INFLATION_LIMITS.ceilingBytes);
  openBuffer(bytes, into, OUTSIDE);
  return opened(into);
}

function openContent(content: unknown, into: Opening, place: Place): void {
  if (place.layer > MOST_LAYERS) reject(into, place.where, `wrapped more than ${MOST_LAYERS} times`);
  else if (typeof content === "string") openString(content, into, place);
  else if (content instanceof Uint8Array) openBuffer(content, into, place);
  else if (Array.isArray(content)) openList(content, into, place);
  else if (isObject(content)) openObject(content, into, place);
  else unknown(into, place, "not a JSON object");
}

function openObject(value: JsonObject, into: Opening, place: Place): void {
  const unwrap: Unwrap = (content, step, otherwise = place.otherwise) => {
    openContent(content, into, { ...inner(place, step), otherwise });
  };
  if (ENVELOPES.some((envelope) => envelope(value, into, { where: place.where, unwrap }))) return;
  if (place.otherwise === "record") keep(into, value);
  else unknown(into, place, NOT_KNOWN);
}

function openList(list: readonly unknown[], into: Opening, place: Place): void {
  if (list.length === 0) {
    skip(into, "empty list");
  } else if (list.every(isPlainRecord)) {
    keepList(into, list);
  } else {
    list.forEach((element, index) => {
      if (isPlainRecord(element)) keep(into, element);
      else if (Array.isArray(element)) openContent(element, into, inner(place, `[${index}]`));
      else openContent(element, into, { ...place, where: `${place.where}[${index}]` });
    });
  }
}

function openBuffer(bytes: Uint8Array, into: Opening, place: Place): void {
  const view = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  if (isGzip(view)) openGzip(view, into, place);
  else if (view.length > constants.MAX_STRING_LENGTH) unknown(into, place, "larger than 512 MiB: split it");
  else if (isAscii(view)) openString(view.toString("latin1"), into, place);
  else if (isUtf8(view)) openString(view.toString("utf8"), into, place);
  else openPieces(view.toString("latin1"), utf8Again, into, place);
}

function openString(text: string, into: Opening, place: Place): void {
  const content = text.startsWith(BYTE_ORDER_MARK) ? text.slice(1) : text;
  const whole = parsed(content);
  if (whole !== undefined) openDocument(whole, into, place);
  else if (content.trim() === VALIDATION_MESSAGE) skip(into, "validation message");
  else if (/^\s*H4sI[A-Za-z0-9+/=\s]+$/.test(content)) openGzip(Buffer.from(content, "base64"), into, place);
  else openPieces(content, asItIs, into, place);
}

function openPieces(text: string, decode: Decode, into: Opening, place: Place): void {
  let pieces = 0;
  for (const piece of piecesOf(text, decode)) {
    pieces++;
    if ("value" in piece && isPlainRecord(piece.value)) {
      keep(into, piece.value);
    } else {
      const found = { ...place, where: joined(place.where, `line ${piece.line}`) };
      if ("value" in piece) openDocument(piece.value, into, found);
      else unknown(into, found, piece.reason);
    }
  }
  if (pieces === 0) unknown(into, place, "empty");
}

/** A document that is a string holds another text, and is one layer more. */
function openDocument(value: unknown, into: Opening, place: Place): void {
  openContent(value, into, typeof value === "string" ? { ...place, layer: place.layer + 1 } : place);
}

function openGzip(bytes: Uint8Array, into: Opening, place: Place): void {
  if (place.inflated) {
    reject(into, place.where, "gzip inside gzip: only one layer is opened");
  } else if (into.inflatableBytes <= 0) {
    reject(into, place.where, "gzip: enough has been inflated for one message");
  } else {
    const limits = { ...INFLATION_LIMITS, ceilingBytes: into.inflatableBytes };
    const inflated = inflateNow(bytes, limits);
    into.inflatableBytes -= inflated.ok ? inflated.bytes.length : mostInflated(bytes.length, limits);
    if (inflated.ok) openBuffer(inflated.bytes, into, { ...place, inflated: true });
    else reject(into, place.where, inflated.reason);
  }
}

function unknown(into: Opening, place: Place, reason: string): void {
  if (place.otherwise === "log line") skip(into, "other log line");
  else reject(into, place.where, reason);
}

function inner(place: Place, step: string): Place {
  return { ...place, where: joined(place.where, step), layer: place.layer + 1 };
}

function joined(where: string, step: string): string {
  return where === "" ? step : `${where}.${step}`;
}

const BYTE_ORDER_MARK = "\uFEFF";

const asItIs: Decode = (raw) => raw;

/** Latin-1 keeps every byte, and no byte of a longer UTF-8 sequence looks like JSON's brackets, quotes or line feeds. */
const utf8Again: Decode = (raw) => {
  const bytes = Buffer.from(raw, "latin1");
  return isUtf8(bytes) ? bytes.toString("utf8").replace(BYTE_ORDER_MARK, "") : null;
};

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
