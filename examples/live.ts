import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { once } from "node:events";
import type { Alert } from "../src/alerts/alert.ts";
import { EXIT } from "../src/cli/exit.ts";
import { nodeTerminal } from "../src/cli/node-terminal.ts";
import { sqliteOutbox } from "../src/stores/outbox/sqlite.ts";
import { folderQuarantine } from "../src/stores/quarantine/folder.ts";
import { sqliteStore } from "../src/stores/sqlite.ts";
import { deliveriesOf, upload } from "./live/deliver.ts";
import type { Received } from "./live/inbox.ts";
import { settingsIn } from "./live/papers.ts";
import { prove, type Heard } from "./live/proof.ts";
import { attend, play, tenantsHeard, type Stage } from "./live/run.ts";
import { startStack, waitingIn, type Stack } from "./live/stack.ts";
import { tellAfter, tellBefore, tellHeard, tellHow, tellRest } from "./live/tell.ts";
import { voiceOn } from "./live/words.ts";
import { DAY_MS } from "./vendor/estate.ts";
import { sampleVendor } from "./vendor/sample.ts";

/** Two days that are over, so that nothing lies in the future of whoever looks; so many tenants that it takes seconds. */
const SAMPLE = { seed: 1, tenants: 24, days: 2 } as const;
const PATIENCE_MS = 60_000;
/** What a shell reports for a program that Ctrl-C ended: 128 and SIGINT's 2. */
const INTERRUPTED = 130;

const terminal = nodeTerminal();
const voice = voiceOn(terminal);
const keep = process.argv.includes("--keep");
const stop = new AbortController();
for (const signal of ["SIGINT", "SIGTERM"]) {
  process.once(signal, () => {
    stop.abort();
  });
}

/** A sample vendor's days through the whole live path, on this machine alone. Answers the exit code. */
async function live(stage: Stage): Promise<number> {
  const startedMs = performance.now();
  const sentMs = new Map<string, number>();
  const soc: Received<Alert>[] = [];
  const delaysMs: number[] = [];
  const hear = (received: Received<Alert>): void => {
    const isNews = soc.every(({ alert }) => alert.id !== received.alert.id);
    const delayMs = isNews ? delayOf(received, sentMs) : null;
    if (delayMs !== null) delaysMs.push(delayMs);
    soc.push(received);
    tellHeard(voice, received, isNews, delayMs);
  };
  tellBefore(voice, stage);
  voice.heading("What the SOC hears");
  return attend(stage, hear, async ({ quarantined, failures }) => {
    await playedInTime(stage, sentMs);
    const seconds = (performance.now() - startedMs) / 1000;
    const heard: Heard = { soc, tenants: await tenantsHeard(stage) };
    const proof = prove(stage.sample, heard);
    const { messages } = stage.deliveries;
    const records = messages.reduce((sum, { eventIds }) => sum + eventIds.length, 0);
    tellRest(voice, terminal, heard, proof);
    tellAfter(voice, stage, proof, {
      messages: messages.length,
      records,
      duplicates: records - sentMs.size,
      quarantined: quarantined.length,
      again: failures.length,
      deadLetters: await waitingIn(stage.stack, stage.stack.trail.deadLetterUrl),
      seconds,
      delaysMs,
    });
    tellHow(voice, stage, keep);
    if (keep) await stopped();
    return proof.faults.length === 0 ? EXIT.quiet : EXIT.failed;
  });
}

async function playedInTime(stage: Stage, sentMs: Map<string, number>): Promise<void> {
  const patience = AbortSignal.timeout(PATIENCE_MS);
  try {
    await play(stage, sentMs, AbortSignal.any([stop.signal, patience]));
  } catch (cause) {
    if (!patience.aborted) throw cause;
    throw new Error(`not all was dealt with and heard of within ${PATIENCE_MS / 1000} s`, { cause });
  }
}

async function stopped(): Promise<void> {
  if (!stop.signal.aborted) await once(stop.signal, "abort");
}

/** From the moment that the last of its events was on its way, in milliseconds; null for events of nobody knows when. */
function delayOf({ alert, atMs }: Received<Alert>, sentMs: ReadonlyMap<string, number>): number | null {
  const sent = alert.eventIds.flatMap((id) => sentMs.get(id) ?? []);
  return sent.length === 0 ? null : atMs - Math.max(...sent);
}

async function staged(stack: Stack, folder: string): Promise<Stage> {
  const startMs = Math.floor(terminal.now() / DAY_MS) * DAY_MS - SAMPLE.days * DAY_MS;
  const sample = sampleVendor({ ...SAMPLE, startMs });
  const soc = stack.addFeed("soc");
  const feeds = new Map(sample.customers.map(({ tenant }) => [tenant, stack.addFeed(`feed-${tenant}`)]));
  const arnOf = (tenant: string): string => feeds.get(tenant)?.topicArn ?? "";
  const settings = await settingsIn(folder, sample, { socArn: soc.topicArn, arnOf });
  const deliveries = deliveriesOf(sample.records, stack.bucket);
  await upload(stack, deliveries);
  const memory = join(folder, "memory.db");
  const lasting = {
    store: sqliteStore(memory),
    outbox: sqliteOutbox(memory),
    quarantine: folderQuarantine(join(folder, "quarantine")),
  };
  return { stack, sample, deliveries, settings, lasting, soc, feeds, folder };
}

const folder = await mkdtemp(join(tmpdir(), "deputywatch-"));
const stack = await startStack();
try {
  const stage = await staged(stack, folder);
  process.exitCode = await live(stage).finally(async () => {
    await stage.lasting.store.close();
    await stage.lasting.outbox.close();
  });
} catch (error) {
  process.exitCode = stop.signal.aborted ? INTERRUPTED : EXIT.failed;
  if (!stop.signal.aborted) console.error("error: the demonstration broke down:", error);
} finally {
  await voice.said();
  await stack.stop();
  await rm(folder, { recursive: true });
}
