import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startFauxqs } from "fauxqs";
import { ingestFrom } from "../../../handlers/ingest.ts";
import type { Settings } from "../../../src/pipeline/settings.ts";
import { worldOn, type Lasting } from "../../../src/pipeline/world.ts";
import type { Item } from "../../../src/stores/dynamodb/table.ts";
import { dynamoStore } from "../../../src/stores/dynamodb/store.ts";
import { memoryOutbox } from "../../../src/stores/outbox/memory.ts";
import { sqliteOutbox } from "../../../src/stores/outbox/sqlite.ts";
import { memoryQuarantine } from "../../../src/stores/quarantine/memory.ts";
import { sqliteStore } from "../../../src/stores/sqlite.ts";
import { PAPERS } from "../../../src/simulate/papers.ts";
import { memoryTable } from "../../stores/memory-table.ts";
import { VENDOR_ACCOUNT } from "../../../src/simulate/record.ts";
import { endOf, feedTopics, papersOf, settingsOf, SOC_TOPIC } from "../tenancy/simulated.ts";
import type { Carriers } from "./carriers.ts";
import { run } from "./process.ts";
import { filesIn, heapTexts, textSurface, valuesAsBytes, type Surface } from "./surface.ts";

const NOTIFIER = join(import.meta.dirname, "notifier.ts");
const RECORDS_A_MESSAGE = 40;

/** What the live path wrote, and what shows that a leak would be seen there. */
export interface LiveSurfaces {
  readonly surfaces: readonly Surface[];
  /** The notifier's memory with the leak in it that it was handed. */
  readonly leakingHeap: Buffer;
  /** Messages that the SOC and the tenants were sent, and those of them that are about trust policies and wrong IDs. */
  readonly told: Readonly<Record<"soc" | "tenants" | "trust" | "wrongIds", number>>;
  readonly quarantined: number;
}

/**
 * Everything through the functions that read and tell: once with SQLite, once with DynamoDB's items, once with a store that
 * takes nothing. `leaks` are handed to the notifier.
 */
export async function liveSurfaces(carriers: Carriers, leaks: readonly string[]): Promise<LiveSurfaces> {
  const { estate } = carriers;
  const folder = await mkdtemp(join(tmpdir(), "canaries-"));
  const server = await startFauxqs({ port: 0, host: "127.0.0.1", logger: false });
  try {
    const queues = [SOC_TOPIC, ...feedTopics(estate).values()].map((arn) => arn.split(":").at(-1) ?? "");
    for (const name of queues) {
      server.createTopic(name);
      server.createQueue(name);
      server.subscribe({ topic: name, queue: name });
    }
    const { topicArn } = server.createTopic("soc");
    const papers = Object.entries(papersOf(estate)).map(([name, text]): [string, string] => [
      name,
      text.replaceAll(`sns:us-east-1:${VENDOR_ACCOUNT}`, topicArn.split(":").slice(2, 5).join(":")),
    ]);
    for (const [name, text] of papers) await writeFile(join(folder, name), text);
    const settings = await settingsOf(estate, Object.fromEntries(papers));

    const path = join(folder, "memory.db");
    const lasting = { store: sqliteStore(path), outbox: sqliteOutbox(path), quarantine: memoryQuarantine() };
    const log = await ingested(carriers, settings, lasting);
    const put = new Set(papers.map(([name]) => join(folder, name)));
    const sqlite = await filesIn(folder, put, "live, SQLite");

    const items = new Map<string, Item>();
    const outbox = memoryOutbox();
    const table = memoryTable(items);
    const store = dynamoStore({ table, now: () => endOf(estate), pause: () => Promise.resolve() });
    const dynamo = await ingested(carriers, settings, { store, outbox, quarantine: memoryQuarantine() });
    const { entries } = await outbox.pending({ after: null, limit: 100_000 });

    const broken = { ...store, merge: () => Promise.reject(new Error("the table takes nothing")) };
    const failing = await ingested(carriers, settings, { store: broken, outbox, quarantine: memoryQuarantine() });

    await lasting.store.close();
    await lasting.outbox.close();
    const [heap, leakingHeap] = [join(folder, "notifier.heapsnapshot"), join(folder, "leaking.heapsnapshot")];
    const notifier = await run(NOTIFIER, [heap, leakingHeap], {
      cwd: folder,
      input: leaks.map((text) => `${JSON.stringify(text)}\n`).join(""),
      env: {
        DEPUTYWATCH_CONFIG: join(folder, PAPERS.config),
        DEPUTYWATCH_OUTBOX: `sqlite:${path}`,
        ...{ AWS_ENDPOINT_URL_SNS: server.address, AWS_REGION: "us-east-1", TMPDIR: folder },
        ...{ AWS_ACCESS_KEY_ID: "local", AWS_SECRET_ACCESS_KEY: "local" },
      },
    });
    if (notifier.code !== 0) throw new Error(`the notifier ended with ${notifier.code}: ${notifier.err.slice(0, 500)}`);
    const bodies = queues.map((name) => (server.inspectQueue(name)?.messages.ready ?? []).map(({ body }) => body));
    const [soc = [], ...tenants] = bodies;
    return {
      surfaces: [
        ...sqlite,
        textSurface("log of the function that reads, SQLite", log.lines),
        { name: "DynamoDB's items", bytes: valuesAsBytes(items.values()) },
        textSurface("log of the function that reads, DynamoDB", dynamo.lines),
        textSurface("log of the function that reads, of a store that fails", failing.lines),
        textSurface("outbox", JSON.stringify(entries)),
        textSurface("log of the notifier", notifier.out + notifier.err, "latin1"),
        textSurface("SNS, the SOC", soc.join("\n")),
        textSurface("SNS, tenants' feeds", tenants.flat().join("\n")),
        { name: "heap of the notifier", bytes: await heapTexts(heap) },
        { name: "SQLite after telling", bytes: await readFile(path) },
      ],
      leakingHeap: await heapTexts(leakingHeap),
      told: {
        soc: soc.length,
        tenants: tenants.flat().length,
        trust: soc.filter((body) => body.includes("trust-policy-weakened")).length,
        wrongIds: soc.filter((body) => body.includes("external-id-mismatch")).length,
      },
      quarantined: log.quarantined,
    };
  } finally {
    await server.stop();
    await rm(folder, { recursive: true });
  }
}

/** The function that reads, over all messages, and what it says. */
async function ingested(
  { estate, records, malformed }: Carriers,
  settings: Settings,
  lasting: Lasting,
): Promise<{ readonly lines: string; readonly quarantined: number }> {
  const lines: string[] = [];
  const world = worldOn({ s3: {} as never, sns: {} as never }, settings, lasting, () => endOf(estate));
  const handle = ingestFrom(
    () => Promise.resolve(world),
    (line) => lines.push(line),
  );
  const bodies = [...malformed];
  for (let at = 0; at < records.length; at += RECORDS_A_MESSAGE)
    bodies.push(JSON.stringify({ Records: records.slice(at, at + RECORDS_A_MESSAGE) }));
  for (let at = 0; at < bodies.length; at += 10) {
    const Records = bodies.slice(at, at + 10).map((body, nth) => ({
      ...{ messageId: `m${at + nth}`, body },
      attributes: { ApproximateReceiveCount: "1", SentTimestamp: String(endOf(estate)) },
    }));
    await handle({ Records } as never, { getRemainingTimeInMillis: () => 60_000 });
  }
  const quarantined = lines.reduce(
    (sum, line) => sum + (JSON.parse(line) as { quarantined: unknown[] }).quarantined.length,
    0,
  );
  return { lines: lines.join("\n"), quarantined };
}
