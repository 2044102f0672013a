import { setTimeout as pause } from "node:timers/promises";
import type { Alert } from "../../src/alerts/alert.ts";
import type { TenantAlert } from "../../src/alerts/redact.ts";
import type { Settings } from "../../src/pipeline/settings.ts";
import { watch } from "../../src/pipeline/watch.ts";
import { worldOn, type Lasting } from "../../src/pipeline/world.ts";
import type { SampleVendor } from "../vendor/sample.ts";
import { send, type Deliveries } from "./deliver.ts";
import { take, type Received } from "./inbox.ts";
import type { Heard } from "./proof.ts";
import { waitingIn, type Feed, type Stack } from "./stack.ts";

/** All that the demonstration stands on. */
export interface Stage {
  readonly stack: Stack;
  readonly sample: SampleVendor;
  readonly deliveries: Deliveries;
  readonly settings: Settings;
  readonly lasting: Lasting;
  readonly soc: Feed;
  /** By tenant. */
  readonly feeds: ReadonlyMap<string, Feed>;
  /** Holds the configuration, the memory and the quarantine. */
  readonly folder: string;
}

/** What did not go the straight way. */
export interface Troubles {
  readonly quarantined: readonly string[];
  readonly failures: readonly string[];
}

/** Told of what reaches the SOC's subscriber, as it comes. */
export type Hear = (received: Received<Alert>) => void;

/**
 * Runs the live pipeline on the trail's queue and listens to the SOC's topic while `work` lasts, and answers as it
 * does. `seen` grows by what is set aside and by what must be tried again.
 */
export async function attend<T>(
  { stack, settings, lasting, soc }: Stage,
  hear: Hear,
  work: (seen: Troubles) => Promise<T>,
): Promise<T> {
  const ending = new AbortController();
  const { signal } = ending;
  const seen: Record<keyof Troubles, string[]> = { quarantined: [], failures: [] };
  const watching = watch(stack.clients.sqs, stack.trail.queueUrl, worldOn(stack.clients, settings, lasting, Date.now), {
    untilEmpty: false,
    signal,
    onQuarantine: (what) => seen.quarantined.push(what),
    onFailure: (what) => seen.failures.push(what),
  });
  const listening = listen(stack, soc, hear, signal);
  try {
    return await work(seen);
  } finally {
    ending.abort();
    await Promise.all([watching, listening]);
  }
}

/** Plays the two days, and waits until the last message is dealt with, and the last alert told and heard. */
export async function play(stage: Stage, sentMs: Map<string, number>, signal: AbortSignal): Promise<void> {
  const { stack, deliveries, soc, lasting } = stage;
  await send(stack, deliveries.messages, sentMs, signal);
  const dealtWith = async (): Promise<boolean> => (await waitingIn(stack, stack.trail.queueUrl)) === 0;
  const told = async (): Promise<boolean> =>
    (await lasting.outbox.pending({ after: null, limit: 1 })).entries.length === 0;
  const heard = async (): Promise<boolean> => (await waitingIn(stack, soc.queueUrl)) === 0;
  for (const over of [dealtWith, told, heard]) while (!(await over())) await pause(20, undefined, { signal });
}

/** What each tenant's subscriber has received. */
export async function tenantsHeard({ stack, feeds }: Stage): Promise<Heard["tenants"]> {
  const heard = new Map<string, readonly Received<TenantAlert>[]>();
  for (const [tenant, { queueUrl }] of feeds) heard.set(tenant, await take(stack.clients.sqs, queueUrl));
  return heard;
}

async function listen({ clients }: Stack, { queueUrl }: Feed, hear: Hear, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    const some = await take<Alert>(clients.sqs, queueUrl, { waitSeconds: 20, signal }).catch((error: unknown) => {
      if (signal.aborted) return [];
      throw error;
    });
    some.forEach(hear);
  }
}
