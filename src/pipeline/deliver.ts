import { setTimeout as sleep } from "node:timers/promises";
import type { Alert } from "../alerts/alert.ts";
import { tenantFeed, type AlertChannel, type Channel } from "../channels/channel.ts";
import type { Outbox, Pending } from "../stores/outbox/outbox.ts";
import { mayBeAsked, noteFailure, noteSuccess, waitsForOthers, type Destinations } from "./destinations.ts";
import { reasonOf } from "./reason.ts";

/** Where alerts go: the SOC hears all, a tenant what concerns it. */
export interface Channels {
  readonly soc: readonly Channel[];
  /** The tenant's own feed; null where it has none. */
  readonly feedOf: (tenant: string) => Channel | null | Promise<Channel | null>;
}

/** The world of whoever tells. */
export interface Post {
  readonly outbox: Outbox;
  readonly channels: Channels;
  /** Epoch milliseconds. */
  readonly now: () => number;
  /** At least 0, less than 1. */
  readonly random?: () => number;
  readonly pause?: (ms: number) => Promise<unknown>;
  /** A signal that aborts after so many milliseconds. */
  readonly timeLimit?: (ms: number) => AbortSignal;
}

/** What a pass over the outbox came to. */
export interface Delivered {
  /** Notifications that a channel has taken. */
  readonly sent: number;
  /** Attempts that failed; each is repeated when its channel may be asked again. */
  readonly failed: readonly { readonly channel: string; readonly id: string; readonly reason: string }[];
  /** Alerts that some channel still has to hear. */
  readonly left: number;
  /** Channels that take nothing until somebody mends them. */
  readonly dead: readonly { readonly channel: string; readonly reason: string }[];
}

const PAGE = 100;
/** A place that does not answer in this time has failed. */
const SEND_LIMIT_MS = 10_000;
/** While slow feeds are told, the SOC's channels are asked again after so long. */
const SOC_REST_MS = 1_000;
/** So many tenants' feeds are told at a time. */
const FEEDS_AT_ONCE = 16;

/**
 * Tells each channel what it has not heard, the worst first, in one pass over everything that is pending. The SOC's
 * channels go first, each for itself, then the tenants' feeds several at a time, and meanwhile the SOC's again, so that
 * nobody waits for a place that fails. What a channel was told is marked after it took it: a crash in between repeats the
 * message, under the same id, and loses none. Nothing is begun after `untilMs`. Rejects where the outbox cannot be read or
 * marked.
 */
export async function deliver(
  post: Post,
  destinations: Destinations,
  { untilMs = Infinity }: { readonly untilMs?: number } = {},
): Promise<Delivered> {
  const { pause = idly } = post;
  const round: Round = { ...post, destinations, untilMs, sent: 0, failed: [] };
  const { soc } = post.channels;
  const tellSoc = (): Promise<void> => allSettled(soc.map((channel) => () => sweep(round, () => [channel])));
  await tellSoc();
  // A property, because it changes while others work.
  const progress = { feedsAreTold: false };
  const feeds = sweep(round, ({ alert }) => feedsOf(alert, post.channels)).finally(() => {
    progress.feedsAreTold = true;
  });
  const keepTellingSoc = async (): Promise<void> => {
    for (;;) {
      await Promise.race([pause(SOC_REST_MS), feeds]);
      if (progress.feedsAreTold) return;
      await tellSoc();
    }
  };
  await allSettled([() => feeds, keepTellingSoc]);
  const left = await settle(round);
  const dead = [...destinations].flatMap(([channel, { deadReason: reason }]) =>
    reason === null ? [] : [{ channel, reason }],
  );
  return { sent: round.sent, failed: round.failed, left, dead };
}

/** Keeps no process alive. */
function idly(ms: number): Promise<unknown> {
  return sleep(ms, undefined, { ref: false });
}

interface Round extends Post {
  readonly destinations: Destinations;
  readonly untilMs: number;
  sent: number;
  readonly failed: { readonly channel: string; readonly id: string; readonly reason: string }[];
}

interface Errand {
  readonly channel: AlertChannel;
  readonly entries: Pending[];
}

type ChannelsOf = (entry: Pending) => readonly AlertChannel[] | Promise<readonly AlertChannel[]>;

/** One pass over what is pending for some of the channels; what these keep refusing comes last. */
async function sweep(round: Round, channelsOf: ChannelsOf): Promise<void> {
  const postponed = new Map<string, Errand>();
  for await (const entries of pages(round.outbox)) {
    const errands = new Map<string, Errand>();
    for (const entry of entries) {
      const channels = await channelsOf(entry);
      for (const channel of channels.filter((one) => !hasHeard(entry, one))) {
        const waits = waitsForOthers(round.destinations, channel.name, entry.id);
        add(waits ? postponed : errands, channel, entry);
      }
    }
    await run(round, errands);
  }
  await run(round, postponed);
}

function add(errands: Map<string, Errand>, channel: AlertChannel, entry: Pending): void {
  const known = errands.get(channel.name);
  if (known === undefined) errands.set(channel.name, { channel, entries: [entry] });
  else known.entries.push(entry);
}

async function run(round: Round, errands: ReadonlyMap<string, Errand>): Promise<void> {
  const waiting = errands.values();
  const runner = async (): Promise<void> => {
    for (const errand of waiting) await inOrder(round, errand);
  };
  await allSettled(Array.from({ length: Math.min(FEEDS_AT_ONCE, errands.size) }, () => runner));
}

/** One channel's alerts, one after the other, until it fails. */
async function inOrder(round: Round, { channel, entries }: Errand): Promise<void> {
  const { outbox, destinations, now, random = Math.random } = round;
  for (const { id, alert, reached } of entries) {
    const nowMs = now();
    if (nowMs >= round.untilMs || !mayBeAsked(destinations, channel.name, nowMs)) return;
    try {
      await inTime(round, (signal) => channel.send(alert, signal));
    } catch (error) {
      noteFailure(destinations, channel.name, { id, error }, { nowMs: now(), random });
      round.failed.push({ channel: channel.name, id, reason: reasonOf(error) });
      return;
    }
    round.sent++;
    noteSuccess(destinations, channel.name, id);
    await outbox.told(id, channel.name, reached);
  }
}

/** A place that hangs is not waited for, even where it does not heed the signal. */
async function inTime(
  { timeLimit = AbortSignal.timeout.bind(AbortSignal) }: Post,
  work: (signal: AbortSignal) => Promise<void>,
): Promise<void> {
  const signal = timeLimit(SEND_LIMIT_MS);
  const late = Promise.withResolvers<never>();
  const give = (): void => {
    late.reject(new Error(`no answer within ${SEND_LIMIT_MS / 1000} s`));
  };
  signal.addEventListener("abort", give, { once: true });
  try {
    await Promise.race([work(signal), late.promise]);
  } finally {
    signal.removeEventListener("abort", give);
  }
}

/** Closes what all have heard; answers how many are left. */
async function settle({ outbox, channels }: Round): Promise<number> {
  let left = 0;
  for await (const entries of pages(outbox)) {
    for (const entry of entries) {
      const all = [...channels.soc, ...(await feedsOf(entry.alert, channels))];
      if (all.every((channel) => hasHeard(entry, channel))) await outbox.complete(entry.id, entry.reached);
      else left++;
    }
  }
  return left;
}

async function* pages(outbox: Outbox): AsyncGenerator<readonly Pending[]> {
  let after: string | null = null;
  do {
    const { entries, next } = await outbox.pending({ after, limit: PAGE });
    yield entries;
    after = next;
  } while (after !== null);
}

/** A sample of what is suppressed is the SOC's alone. */
async function feedsOf({ tenant, suppressed }: Alert, { feedOf }: Channels): Promise<readonly AlertChannel[]> {
  const feed = tenant === null || suppressed !== null ? null : await feedOf(tenant);
  return feed === null || tenant === null ? [] : [tenantFeed(tenant, feed)];
}

function hasHeard({ told, reached }: Pending, { name }: Pick<Channel, "name">): boolean {
  return (told.get(name) ?? -1) >= reached;
}

/** Waits for all, whatever becomes of them, and then throws the first error: nothing goes on behind the caller's back. */
async function allSettled(works: readonly (() => Promise<void>)[]): Promise<void> {
  const outcomes = await Promise.allSettled(works.map((work) => work()));
  const failure = outcomes.find((outcome) => outcome.status === "rejected");
  if (failure !== undefined)
    throw new Error("what is to be told could not be read or marked", { cause: failure.reason });
}
