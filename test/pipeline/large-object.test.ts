import { expect, test } from "vitest";
import { s3Notification } from "../../examples/vendor/delivery.ts";
import { exampleVendor } from "../../src/detectors/example.ts";
import { DETECTORS } from "../../src/detectors/index.ts";
import { ingest } from "../../src/pipeline/ingest.ts";
import { settingsFrom } from "../../src/pipeline/settings.ts";
import { memoryStore } from "../../src/stores/memory.ts";
import { memoryOutbox } from "../../src/stores/outbox/memory.ts";
import { memoryQuarantine } from "../../src/stores/quarantine/memory.ts";
import { message } from "../handlers/scene.ts";

const RECORDS = 150_000;

test("an object of more records than a function call takes arguments is judged whole", async () => {
  const record = (at: number): string =>
    `{"eventSource":"sts.amazonaws.com","eventName":"AssumeRole","eventTime":"2026-11-20T10:00:00Z","eventID":"e-${at}"}`;
  const body = Buffer.from(`{"Records":[${Array.from({ length: RECORDS }, (_, at) => record(at)).join(",")}]}`);
  const settings = { ...settingsFrom(null, DETECTORS, new Uint8Array(32)), vendor: exampleVendor() };
  const answer = await ingest([message(s3Notification("trail", "AWSLogs/large.json"))], {
    settings,
    store: memoryStore(),
    outbox: memoryOutbox(),
    quarantine: memoryQuarantine(),
    fetchObject: () => Promise.resolve({ ok: true, bytes: body }),
    now: () => Date.UTC(2026, 10, 21),
  });
  expect(answer).toMatchObject({ done: ["message-0"], failed: [], calls: RECORDS });
});
