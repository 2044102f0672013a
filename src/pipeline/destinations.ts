import { isRefusal } from "../channels/channel.ts";
import { reasonOf } from "./reason.ts";

/** What is remembered of a place that did not take what it was sent. */
export interface Destination {
  /** In a row. */
  readonly failures: number;
  /** Left alone until then; epoch milliseconds. */
  readonly retryAtMs: number;
  /** Alerts that it did not take, by id, and how often: what it never takes is not to hold up the rest. */
  readonly refused: ReadonlyMap<string, number>;
  /** Why it will take nothing until somebody mends it; null while there is hope. */
  readonly deadReason: string | null;
}

/** Places that have failed, by channel name; kept by the caller from pass to pass. Forgetting it costs a few attempts. */
export type Destinations = Map<string, Destination>;

/** Nothing has failed yet. */
export function noFailures(): Destinations {
  return new Map();
}

const FIRST_WAIT_MS = 1_000;
const LONGEST_WAIT_MS = 5 * 60_000;
/** A place that is gone is asked again now and then: whoever mends it need not tell us. */
const DEAD_WAIT_MS = 3_600_000;
/** Refused so often, an alert waits until the others are told. */
const PATIENCE = 3;
const REMEMBERED_REFUSALS = 1_000;

export function mayBeAsked(destinations: Destinations, channel: string, nowMs: number): boolean {
  return nowMs >= (destinations.get(channel)?.retryAtMs ?? nowMs);
}

/** Whether this alert is to wait until the channel's others are told. */
export function waitsForOthers(destinations: Destinations, channel: string, id: string): boolean {
  return (destinations.get(channel)?.refused.get(id) ?? 0) >= PATIENCE;
}

/** It took the alert: whatever was wrong is over. */
export function noteSuccess(destinations: Destinations, channel: string, id: string): void {
  const known = destinations.get(channel);
  if (known === undefined) return;
  const refused = new Map(known.refused);
  refused.delete(id);
  if (refused.size === 0) destinations.delete(channel);
  else destinations.set(channel, { failures: 0, retryAtMs: 0, refused, deadReason: null });
}

/**
 * It did not take the alert: how long it is left alone. As long as it says itself, else for a random part of a time that
 * doubles, so that many senders do not come back at once.
 * @see https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/
 */
export function noteFailure(
  destinations: Destinations,
  channel: string,
  failed: { readonly id: string; readonly error: unknown },
  { nowMs, random }: { readonly nowMs: number; readonly random: () => number },
): void {
  const { failures, refused } = destinations.get(channel) ?? { failures: 0, refused: new Map<string, number>() };
  const { retryAfterMs, permanent = false } = isRefusal(failed.error) ? failed.error : {};
  const jitteredMs = random() * Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** Math.min(failures, 30));
  const waitMs = Math.max(retryAfterMs ?? jitteredMs, permanent ? DEAD_WAIT_MS : 0);
  const counted = new Map(refused).set(failed.id, (refused.get(failed.id) ?? 0) + 1);
  destinations.set(channel, {
    failures: failures + 1,
    retryAtMs: nowMs + waitMs,
    refused: new Map([...counted].slice(-REMEMBERED_REFUSALS)),
    deadReason: permanent ? reasonOf(failed.error) : null,
  });
}
