import type { Fetched } from "../sources/s3.ts";
import type { Quarantined } from "../stores/quarantine/quarantine.ts";
import type { Call, ControlEvent, Use } from "../trail/call.ts";
import { inflate } from "../trail/envelopes/gzip.ts";
import type { S3Object } from "../trail/envelopes/open.ts";
import { latenessOf, type Late } from "./lateness.ts";
import { quarantinedObject, unreadableMessage, unreadableObject } from "./quarantine.ts";
import { addTally, emptyTally, readBody, reject, type Reading, type Tally } from "./read.ts";
import { reasonOf } from "./reason.ts";
import { decodingAt, type Settings } from "./settings.ts";

/** A message as it came. */
interface Letter {
  readonly id: string;
  readonly body: string;
  readonly sentMs: number | null;
}

/** What reading needs of the world. */
interface Desk {
  readonly settings: Pick<Settings, "digester" | "vendor">;
  readonly fetchObject: (object: S3Object) => Promise<Fetched>;
  readonly now: () => number;
}

/** A message with all that it points at. What could be read is here, whatever became of the rest. */
export interface MessageRead {
  readonly id: string;
  readonly calls: readonly Call[];
  readonly changes: readonly ControlEvent[];
  readonly uses: readonly Use[];
  readonly late: Late;
  readonly tally: Tally;
  /** What can never be read. */
  readonly aside: readonly Quarantined[];
  /** Why the message must come again; null: it need not. */
  readonly again: string | null;
}

/** So long a notification may have outrun its object. */
const OBJECT_MAY_COME_MS = 15 * 60_000;

/** Opens a message and fetches the objects that it points at. Never rejects. */
export async function readMessage(letter: Letter, desk: Desk, timeIsUp: () => boolean): Promise<MessageRead> {
  const nowMs = desk.now();
  const arrivedMs = letter.sentMs ?? nowMs;
  const reading = readBody(letter.body, decodingAt(desk.settings, nowMs));
  const aside: Quarantined[] = [];
  const unreadable = unreadableMessage(letter, reading);
  if (unreadable !== undefined) aside.push(unreadable);
  let again: string | null = null;
  // Flattened in the end: a file of 100,000 records is more than one call's arguments may be.
  const parts: Reading[] = [reading];
  for (const object of reading.objects) {
    const name = `s3://${object.bucket}/${object.key}`;
    const found = timeIsUp() ? later("the time was up") : await readObject(object, desk, nowMs - arrivedMs);
    if (found.reading !== null) {
      addTally(reading.tally, found.reading.tally, name);
      parts.push(found.reading);
    }
    if (found.aside !== null) aside.push(found.aside);
    if (found.again !== null) again = `${name}: ${found.again}`;
  }
  const calls = parts.flatMap((part) => part.calls);
  const changes = parts.flatMap((part) => part.changes);
  const uses = parts.flatMap((part) => part.uses);
  const late = latenessOf([...calls, ...uses], arrivedMs);
  return { id: letter.id, calls, changes, uses, late, tally: reading.tally, aside, again };
}

interface ObjectRead {
  readonly reading: Reading | null;
  readonly aside: Quarantined | null;
  readonly again: string | null;
}

async function readObject(object: S3Object, desk: Desk, ageMs: number): Promise<ObjectRead> {
  const fetched = await desk.fetchObject(object).catch((error: unknown) => reasonOf(error));
  if (typeof fetched === "string") return later(fetched);
  if (!fetched.ok) {
    const mayCome = fetched.missing === true && ageMs <= OBJECT_MAY_COME_MS;
    return fetched.retry || mayCome ? later(fetched.reason) : never(object, fetched.reason);
  }
  const inflated = await inflate(fetched.bytes);
  if (!inflated.ok) return never(object, inflated.reason);
  const inside = readBody(inflated.bytes, decodingAt(desk.settings, desk.now()));
  if (inside.objects.length > 0) reject(inside.tally, "document", "points at further objects, which are not followed");
  return { reading: inside, aside: unreadableObject(object, inside) ?? null, again: null };
}

function later(again: string): ObjectRead {
  return { reading: null, aside: null, again };
}

/** Counted like any other fault: in the tally, under the object's name. */
function never(object: S3Object, reason: string): ObjectRead {
  const tally = emptyTally();
  reject(tally, "", reason);
  return {
    reading: { calls: [], changes: [], uses: [], objects: [], tally },
    aside: quarantinedObject(object, reason),
    again: null,
  };
}
