import { flushCompileCache } from "node:module";
import { setTimeout as sleep } from "node:timers/promises";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { S3Client } from "@aws-sdk/client-s3";
import { SNSClient } from "@aws-sdk/client-sns";
import { SQSClient } from "@aws-sdk/client-sqs";
import { dice } from "../../src/simulate/dice.ts";
import { DETECTORS } from "../../src/detectors/index.ts";
import { settingsOf } from "../../src/pipeline/settings.ts";
import { watch } from "../../src/pipeline/watch.ts";
import { worldOn } from "../../src/pipeline/world.ts";
import { clientTable } from "../../src/stores/dynamodb/client-table.ts";
import { fullJitter } from "../../src/stores/dynamodb/pause.ts";
import { dynamoStore } from "../../src/stores/dynamodb/store.ts";
import { dynamodbOutbox } from "../../src/stores/outbox/dynamodb.ts";
import { folderQuarantine } from "../../src/stores/quarantine/folder.ts";
import { bringMisfortune, noToll } from "./misfortune.ts";
import type { Errand, FromWorker, ToWorker } from "./crew.ts";

const REPORT_MS = 250;

/**
 * The production pipeline as a process that may be killed at any moment: `worker.ts <errand as JSON>`. Reports its memory
 * and its troubles to whoever started it, and ends when it is told to.
 */
const errand = JSON.parse(process.argv[2] ?? "{}") as Errand;
const { endpoint, dynamodbEndpoint, queueUrl, tables, configPath, quarantine, life } = errand;
const local = { endpoint, region: "us-east-1", credentials: { accessKeyId: "local", secretAccessKey: "local" } };
const clients = {
  s3: new S3Client({ ...local, forcePathStyle: true }),
  sns: new SNSClient(local),
  sqs: new SQSClient(local),
  dynamodb: new DynamoDBClient({ ...local, endpoint: dynamodbEndpoint }),
};
const stop = new AbortController();
const toll = noToll();
let { ill } = errand;
let failures = 0;
for (const [name, client] of Object.entries(clients))
  bringMisfortune(client, toll, { chance: dice(errand.seed, `life ${life} ${name}`), ill: () => ill });

const source = { configPath, nowMs: Date.now(), env: {}, spareKey: new Uint8Array(32) };
const { settings } = await settingsOf(source, DETECTORS);
const pause = fullJitter(sleep, Math.random);
const lasting = {
  store: dynamoStore({ table: clientTable(clients.dynamodb, tables.memory, pause), now: Date.now, pause }),
  outbox: dynamodbOutbox(clients.dynamodb, tables.outbox),
  quarantine: folderQuarantine(quarantine),
};

const report = (): void => {
  process.send?.({ rssBytes: process.memoryUsage.rss(), toll, failures } satisfies FromWorker);
};
const reporting = setInterval(report, REPORT_MS);
process.on("message", (word: ToWorker) => {
  if (word === "heal") ill = false;
  else stop.abort();
});
// Nobody is left to work for.
process.once("disconnect", () => process.exit());
// Node itself does so at the end of a process, which many of these never see.
flushCompileCache();

await watch(clients.sqs, queueUrl, worldOn(clients, settings, lasting, Date.now), {
  untilEmpty: false,
  signal: stop.signal,
  onQuarantine: () => undefined,
  onFailure: () => failures++,
});
clearInterval(reporting);
report();
process.disconnect();
