import { DateTime } from "luxon";
import { parseAddress } from "./address.ts";
import { readCidr } from "./cidr.ts";
import type { Range } from "./cidr.ts";
import { isAside, parseSelector, selectSpots } from "./select.ts";
import { childSpots, documentSpot, isRecord, selectorOf, whereIs } from "./spot.ts";
import type { Spot } from "./spot.ts";

/** What a published list of address ranges holds. */
export interface Published {
  readonly entries: readonly Range[];
  /** What could not be taken. `where` and `text` are the publisher's: escape them before they are shown. */
  readonly rejects: readonly { readonly where: string; readonly text: string; readonly reason: string }[];
  readonly format: "json" | "geofeed" | "text" | "unreadable";
  /** Selectors under which the ranges of a JSON document were found, and how many under each. */
  readonly found: ReadonlyMap<string, number>;
  /** Sync token, change number or version, as the publisher has it; null where it has none. */
  readonly version: string | null;
  /** Epoch milliseconds; null where the list does not tell. Times without a zone are taken for UTC. */
  readonly publishedAtMs: number | null;
}

export interface PublishedOptions {
  /** The list's name or file, for what concerns the whole of it. */
  readonly name: string;
  /** Selectors of the ranges to take, all of them where absent or empty; see `parseSelector`. */
  readonly select?: readonly string[];
}

type Reject = Published["rejects"][number];
interface Reading {
  readonly entries: Range[];
  readonly rejects: Reject[];
  readonly found: Map<string, number>;
}

/** Properties whose text is a range. Numbers under these names are mask lengths (RIPE's `cidr`). */
const RANGE_KEYS = new Set(["ip_prefix", "ipv6_prefix", "ipv4Prefix", "ipv6Prefix", "prefix", "cidr", "range"]);

/** Names of lists that hold nothing but ranges, so that whatever is no range in them is a slip. */
const LIST_KEY = /prefix|cidr|range|address|^ips?$/i;

const DEEPEST = 64;

/**
 * Reads any list of address ranges: JSON of whatever shape, an RFC 8805 geofeed, or plain lines. No publisher has a
 * parser of its own: ranges stand under a few well-known keys or in lists of nothing else, and their labels beside or
 * above them. Never throws: what cannot be read is a reject with a reason, and a list without ranges has at least one.
 * @see https://docs.aws.amazon.com/vpc/latest/userguide/aws-ip-syntax.html
 * @see https://www.rfc-editor.org/rfc/rfc8805
 */
export function readPublished(text: string, { name, select = [] }: PublishedOptions): Published {
  const content = text.replace(/^\uFEFF/, "").trim();
  const unreadable = (reason: string): Published => ({
    entries: [],
    rejects: [{ where: name, text: content.slice(0, 80), reason }],
    format: "unreadable",
    found: new Map(),
    version: null,
    publishedAtMs: null,
  });
  if (content === "") return unreadable("the list is empty");
  if (content.startsWith("<")) return unreadable("a web page or XML, not a list of ranges");
  if (!/^[[{"]/.test(content)) return somethingIn(readLines(content, select), name);
  let document: unknown;
  try {
    document = JSON.parse(content);
  } catch (error) {
    return unreadable(`not JSON: ${(error as SyntaxError).message}`);
  }
  return somethingIn(readDocument(document, select), name);
}

function somethingIn(published: Published, name: string): Published {
  if (published.entries.length + published.rejects.length > 0) return published;
  return { ...published, rejects: [{ where: name, text: "", reason: "there is no address range in it" }] };
}

function readDocument(document: unknown, select: readonly string[]): Published {
  const reading: Reading = { entries: [], rejects: [], found: new Map() };
  const root = documentSpot(document);
  if (select.length === 0) for (const spot of rangesWithin(root)) take(reading, spot);
  for (const path of select) {
    const { selector, reason } = parseSelector(path);
    let taken = 0;
    for (const spot of selector === undefined ? [] : selectSpots(root, selector)) {
      for (const range of typeof spot.value === "string" ? [spot] : rangesWithin(spot)) {
        take(reading, range);
        taken++;
      }
    }
    if (taken === 0) reading.rejects.push({ where: path, text: path, reason: reason ?? "selects nothing" });
  }
  const head = isRecord(document) ? document : {};
  return { ...reading, format: "json", version: versionOf(head), publishedAtMs: publicationOf(head) };
}

/** Where ranges stand, and what stands among them. */
function* rangesWithin(spot: Spot): Generator<Spot> {
  if (spot.depth > DEEPEST) yield spot;
  else if (Array.isArray(spot.value)) {
    const list = isListOfRanges(spot.key, spot.value);
    for (const child of childSpots(spot)) {
      if (typeof child.value === "object" && child.value !== null) yield* rangesWithin(child);
      else if (list) yield child;
    }
  } else {
    for (const child of childSpots(spot)) {
      if (isAside(child)) continue;
      if (typeof child.value === "object" && child.value !== null) yield* rangesWithin(child);
      else if (isRangeProperty(child)) yield child;
    }
  }
}

function isRangeProperty({ key, value }: Spot): boolean {
  return typeof key === "string" && RANGE_KEYS.has(key) && typeof value !== "number";
}

function isListOfRanges(key: Spot["key"], elements: readonly unknown[]): boolean {
  if (key === null || (typeof key === "string" && LIST_KEY.test(key))) return true;
  return elements.some(
    (element) => typeof element === "string" && parseAddress(element.split("/", 1)[0] ?? "") !== undefined,
  );
}

function take({ entries, rejects, found }: Reading, spot: Spot): void {
  const { value, region, service } = spot;
  const { cidr, reason } = typeof value === "string" ? readCidr(value.trim()) : { reason: notText(spot) };
  if (cidr === undefined) {
    const text = typeof value === "object" && value !== null ? "" : String(value);
    rejects.push({ where: whereIs(spot), text, reason });
    return;
  }
  entries.push({ cidr, region, service });
  const selector = selectorOf(spot);
  found.set(selector, (found.get(selector) ?? 0) + 1);
}

function notText({ depth }: Spot): string {
  return depth > DEEPEST ? `nested deeper than ${DEEPEST}` : "not text";
}

/** One range a line, `#` starts a comment; with commas an RFC 8805 geofeed: range, country, region, city, postal code. */
function readLines(content: string, select: readonly string[]): Published {
  const entries: Range[] = [];
  const rejects: Reject[] = select.map((path) => ({
    where: path,
    text: path,
    reason: "selects nothing: the list is no JSON",
  }));
  let publishedAtMs: number | null = null;
  content.split(/\r\n|\r|\n/).forEach((line, index) => {
    const [data = "", ...comment] = line.split("#");
    publishedAtMs ??= momentOf(/last (?:modified|updated):(.*)/i.exec(comment.join("#"))?.[1]);
    if (data.trim() === "") return;
    const [range = "", country = "", region = ""] = data.split(",").map((column) => column.trim());
    const { cidr, reason } = readCidr(range);
    if (cidr === undefined) rejects.push({ where: `line ${index + 1}`, text: data.trim(), reason });
    else if (select.length === 0) entries.push({ cidr, region: region || country || null, service: null });
  });
  const format = content.includes(",") ? "geofeed" : "text";
  return { entries, rejects, format, found: new Map(), version: null, publishedAtMs };
}

function versionOf(head: Readonly<Record<string, unknown>>): string | null {
  const version = head.syncToken ?? head.changeNumber ?? head.version;
  return typeof version === "string" || typeof version === "number" ? String(version) : null;
}

/** A sync token is the publication in epoch seconds (AWS) or milliseconds (Google, whose `creationTime` is Pacific). */
function publicationOf(head: Readonly<Record<string, unknown>>): number | null {
  const token = String(head.syncToken);
  if (/^\d{10}$/.test(token)) return Number(token) * 1000;
  if (/^\d{13}$/.test(token)) return Number(token);
  for (const key of ["createDate", "creationDate", "creationTime", "modified", "last_updated_timestamp"]) {
    const momentMs = momentOf(head[key]);
    if (momentMs !== null) return momentMs;
  }
  return null;
}

function momentOf(written: unknown): number | null {
  if (typeof written !== "string") return null;
  const text = written.trim();
  // Luxon would complete a time without a date by the clock.
  if (!/^\d{4}-\d\d-\d\d/.test(text)) return null;
  const utc = { zone: "utc" };
  const readings = [
    DateTime.fromISO(text, utc),
    DateTime.fromSQL(text, utc),
    DateTime.fromFormat(text, "yyyy-MM-dd-HH-mm-ss", utc),
  ];
  return readings.find((reading) => reading.isValid)?.toMillis() ?? null;
}
