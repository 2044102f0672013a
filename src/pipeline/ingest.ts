import type { Fetched } from "../sources/s3.ts";
import type { Outbox } from "../stores/outbox/outbox.ts";
import type { Quarantine } from "../stores/quarantine/quarantine.ts";
import type { Store } from "../stores/store.ts";
import type { Call } from "../trail/call.ts";
import type { S3Object } from "../trail/envelopes/open.ts";
import { announce, type Announced } from "./announce.ts";
import type { Historian } from "./historian.ts";
import { judge, type Court } from "./judge.ts";
import { addLate, NONE_LATE, type Late } from "./lateness.ts";
import { addTally, count, emptyTally, type Tally } from "./read.ts";
import { readMessage, type MessageRead } from "./read-message.ts";
import { reasonOf } from "./reason.ts";
import type { Settings } from "./settings.ts";

/** A message of the queue, whatever brought it there. */
export interface Message {
  readonly id: string;
  readonly body: string;
  /** How often it was received, this time included. */
  readonly receives: number;
  /** When it entered the queue, in epoch milliseconds; null where nobody says. */
  readonly sentMs: number | null;
}

/** What these calls are judged by now, where the registry is read again while the world is in use. */
export interface Present extends Pick<World, "settings" | "historian"> {
  /** Why the registry is older than it should be; absent: it is not. */
  readonly staleRegistry?: string;
}

/** The world of the live path: what the Lambda function, `watch` and the demonstration hand to the one ingest. */
export interface World {
  readonly settings: Settings;
  readonly store: Store;
  readonly outbox: Outbox;
  readonly quarantine: Quarantine;
  /** Keeps what it knows of the past from one batch to the next; absent: it is asked for anew. */
  readonly historian?: Historian;
  /** Never rejects, and holds nobody up for long; absent: all is judged by `settings`. */
  readonly present?: (calls: readonly Call[]) => Promise<Present>;
  /** Reads an object that a notification points at; rejects while S3 cannot be asked. */
  readonly fetchObject: (object: S3Object) => Promise<Fetched>;
  /** Epoch milliseconds. */
  readonly now: () => number;
}

/** A message, and why something is the matter with it. */
export interface Reason {
  readonly id: string;
  readonly reason: string;
}

export interface Ingested {
  /** All their effects are durable: these may be removed from the queue. */
  readonly done: readonly string[];
  /** These must come again, each for its own reason. */
  readonly failed: readonly Reason[];
  /** Of which something can never be read and was put into quarantine; the rest of them was judged. */
  readonly quarantined: readonly Reason[];
  readonly tally: Tally;
  /** Calls that were judged. */
  readonly calls: number;
  /** What else the sessions of watched roles did. */
  readonly uses: number;
  readonly late: Late;
  /** Alerts that are in the outbox now, whether or not they were before. */
  readonly announced: number;
  /** Alerts that the configuration keeps from being told, by detector. */
  readonly suppressed: Announced["suppressed"];
  /** What is not judged by its past yet, because too few days of it are sealed: `arn:…: 1 of 3 days`. */
  readonly learning: readonly string[];
  /** Why calls were judged by an older registry than they should have been; absent: they were not. */
  readonly staleRegistry?: string;
}

/** A message that came so often may be what fails the batch: from then on it is judged by itself. */
const ALONE_FROM_RECEIVES = 3;
/** Of the time that there is, this much is kept for what was begun. */
const RESERVED = 0.2;

/**
 * Takes a batch of messages: opens each, fetches what it points at, puts aside what can never be read, judges the rest
 * together and puts the alerts into the outbox. Never rejects: what could not be done now fails with its reason and comes
 * again, and comes to the same alerts. `remainingMs`: how long the caller may still run; near the end of it nothing more
 * is begun.
 */
export async function ingest(
  messages: readonly Message[],
  given: World,
  { remainingMs }: { readonly remainingMs?: () => number } = {},
): Promise<Ingested> {
  const reserveMs = RESERVED * (remainingMs?.() ?? 0);
  const timeIsUp = (): boolean => remainingMs !== undefined && remainingMs() < reserveMs;
  const alone = messages.filter(({ receives }) => receives >= ALONE_FROM_RECEIVES);
  const together = messages.filter(({ receives }) => receives < ALONE_FROM_RECEIVES);
  const book: Book = {
    ...{ done: [], failed: [], quarantined: [], tally: emptyTally() },
    ...{ calls: 0, uses: 0, late: NONE_LATE, announced: 0, suppressed: {}, learning: [] },
  };
  let world = await presentWorld(given, [], book);
  for (const group of [together, ...alone.map((message) => [message])]) {
    if (group.length > 0) world = await work(group, world, timeIsUp, book);
  }
  return { ...book, learning: world.historian?.learning() ?? [] };
}

type Book = { -readonly [Name in keyof Ingested]: Ingested[Name] } & {
  readonly done: string[];
  readonly failed: Reason[];
  readonly quarantined: Reason[];
  readonly suppressed: Record<string, number>;
};

/** The world by the registry that these calls are to be judged by. */
async function presentWorld(world: World, read: readonly MessageRead[], book: Book): Promise<World> {
  if (world.present === undefined) return world;
  const { staleRegistry, ...present } = await world.present(read.flatMap(({ calls }) => calls));
  if (staleRegistry !== undefined) book.staleRegistry = staleRegistry;
  return { ...world, ...present };
}

/**
 * Messages that are judged together fail together, except those that could not even be read. Answers the world by which
 * they were judged.
 */
async function work(group: readonly Message[], world: World, timeIsUp: () => boolean, book: Book): Promise<World> {
  const read: MessageRead[] = [];
  for (const message of group) {
    if (timeIsUp()) book.failed.push({ id: message.id, reason: "not begun: the time was up" });
    else read.push(await readAndPutAside(message, world, timeIsUp, book));
  }
  const toJudge = read.filter(({ calls, changes, uses }) => calls.length + changes.length + uses.length > 0);
  const present = await presentWorld(world, toJudge, book);
  const failure = await judged(toJudge, present, timeIsUp, book);
  for (const one of read) {
    const reason = one.again ?? (toJudge.includes(one) ? failure : null);
    if (reason === null) book.done.push(one.id);
    else book.failed.push({ id: one.id, reason });
  }
  return present;
}

/** What can never be read is in quarantine before the message is done; where it cannot be kept the message comes again. */
async function readAndPutAside(
  message: Message,
  world: World,
  timeIsUp: () => boolean,
  book: Book,
): Promise<MessageRead> {
  const read = await readMessage(message, world, timeIsUp);
  addTally(book.tally, read.tally, `message ${message.id}`);
  try {
    for (const item of read.aside) {
      await world.quarantine.keep(item);
      book.quarantined.push({ id: message.id, reason: item.reason });
    }
    return read;
  } catch (error) {
    return { ...read, again: reasonOf(error) };
  }
}

function courtOf({ settings, store, historian }: World): Court {
  return historian === undefined ? { ...settings, store } : { ...settings, store, historian };
}

/** Null, or why none of them was. */
async function judged(
  read: readonly MessageRead[],
  world: World,
  timeIsUp: () => boolean,
  book: Book,
): Promise<string | null> {
  if (read.length === 0) return null;
  if (timeIsUp()) return "not judged: the time was up";
  const calls = read.flatMap((one) => one.calls);
  const changes = read.flatMap((one) => one.changes);
  const uses = read.flatMap((one) => one.uses);
  const late = read.reduce((sum, one) => addLate(sum, one.late), NONE_LATE);
  try {
    const { verdicts, elsewhere } = await judge({ calls, changes, uses }, courtOf(world));
    const allLate = changes.length === 0 && late.calls === calls.length + uses.length;
    const { announced, suppressed } = await announce(verdicts, world.settings, world.outbox, { late: allLate });
    for (const [reason, own] of elsewhere) count(book.tally, reason, own.size);
    book.calls += calls.length;
    book.uses += uses.length;
    book.late = addLate(book.late, late);
    book.announced += announced;
    for (const [detector, count] of Object.entries(suppressed))
      book.suppressed[detector] = (book.suppressed[detector] ?? 0) + count;
    return null;
  } catch (error) {
    return reasonOf(error);
  }
}
