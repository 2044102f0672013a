import { expect, test } from "vitest";
import { readBody } from "../../src/pipeline/read.ts";
import { decodingAt } from "../../src/pipeline/settings.ts";
import { digester } from "../../src/trail/external-id.ts";
import { inflate } from "../../src/trail/envelopes/gzip.ts";
import { longTrail } from "./estate.ts";
import { mailOf } from "./mail.ts";

const START_MS = Date.UTC(2026, 10, 1);
const trail = longTrail(1, 6_000, START_MS);
const mail = mailOf(trail.records, "trail", 1);
const decoding = decodingAt({ digester: digester(trail.key) }, trail.endMs);
const torn = new Set(mail.tornObjects);

test("every call of the trail is in a message or in an object that can be read", async () => {
  const readings = mail.letters.map(({ body }) => readBody(body, decoding));
  for (const [key, bytes] of mail.objects) {
    const inflated = await inflate(bytes);
    expect(inflated.ok).toBe(!torn.has(key));
    if (inflated.ok) readings.push(readBody(inflated.bytes, decoding));
  }
  const came = new Set(readings.flatMap(({ calls }) => calls).map(({ key }) => key));
  const { calls } = readBody(JSON.stringify({ Records: trail.records }), decoding);
  expect(calls.length).toBeGreaterThan(4_000);
  expect(came).toEqual(new Set(calls.map(({ key }) => key)));
});

test("what is called poison cannot be read, and nothing else", () => {
  const unreadable = mail.letters.filter(({ body }) => readBody(body, decoding).tally.rejected.length > 0);
  expect(unreadable.length).toBeGreaterThan(3);
  expect(unreadable.every(({ poison }) => poison)).toBe(true);
  expect(unreadable).toHaveLength(mail.letters.filter(({ poison }) => poison).length);
});

test("every object is announced", () => {
  const announced = new Set(mail.letters.flatMap(({ body }) => readBody(body, decoding).objects).map(({ key }) => key));
  expect(announced).toEqual(new Set(mail.objects.keys()));
});
