import { gzipSync } from "node:zlib";
import { expect, test } from "vitest";
import { eventBridgeEvent, s3Notification } from "../../examples/vendor/delivery.ts";
import { ingest } from "../../src/pipeline/ingest.ts";
import type { Store } from "../../src/stores/store.ts";
import { memoryOutbox } from "../../src/stores/outbox/memory.ts";
import {
  later,
  message,
  NOW_MS,
  oddlyNamed,
  ordinary,
  scene,
  stolen,
  suppressing,
  type Scene,
} from "../handlers/scene.ts";

const MINUTE_MS = 60_000;

const event = (id: string, receives = 1) => message(eventBridgeEvent(oddlyNamed), { id, receives });

const kept = ({ quarantine }: Scene) => [...quarantine.kept.values()];

test("a bad record in a message is put aside with the whole message, and its neighbours are judged", async () => {
  const here = await scene();
  const body = JSON.stringify({ Records: [oddlyNamed, { eventName: "AssumeRole" }, stolen] });
  const answer = await ingest([message(body)], here.world);
  expect(answer).toMatchObject({ done: ["message-0"], failed: [], calls: 2, announced: 2 });
  expect(kept(here)).toEqual([
    expect.objectContaining({ id: "message-0", where: ["record 2: no eventName or eventSource"], body, object: null }),
  ]);
});

test("a bad record in an object is put aside by the object's address, once for all messages about it", async () => {
  const here = await scene();
  await here.put("some.json.gz", gzipSync(JSON.stringify({ Records: [{ eventName: "AssumeRole" }, oddlyNamed] })));
  const notice = s3Notification(here.stack.bucket, "some.json.gz");
  const answer = await ingest([message(notice), message(notice, { id: "message-1" })], here.world);
  expect(answer).toMatchObject({ done: ["message-0", "message-1"], announced: 1 });
  expect(kept(here)).toMatchObject([{ body: null, object: { key: "some.json.gz" } }]);
});

test("deeply nested JSON is kept as it came and breaks nobody", async () => {
  const here = await scene();
  for (const body of [
    "[".repeat(1_000_000) + "]".repeat(1_000_000),
    `{"a":`.repeat(100_000) + "1" + "}".repeat(100_000),
  ]) {
    const answer = await ingest([message(body), event("event")], here.world);
    expect(answer.done).toEqual(["message-0", "event"]);
    expect(here.quarantine.kept.get("message-0")?.body).toBe(body);
    expect(JSON.stringify(answer.quarantined).length).toBeLessThan(500);
  }
});

test("while the quarantine keeps nothing, what cannot be read comes again, and the rest is done", async () => {
  const { world } = await scene();
  const quarantine = { keep: () => Promise.reject(new Error("no room", { cause: new Error("ENOSPC") })) };
  const answer = await ingest([message("torn {"), event("event")], { ...world, quarantine });
  expect(answer).toMatchObject({ done: ["event"], failed: [{ id: "message-0", reason: "no room (ENOSPC)" }] });
});

test("an object that is not there is waited for until its notification is fifteen minutes old", async () => {
  const here = await scene();
  const notice = s3Notification(here.stack.bucket, "gone.json.gz");
  const aged = (minutes: number) => message(notice, { sentMs: NOW_MS - minutes * MINUTE_MS, receives: 9 });
  expect(await ingest([aged(15)], here.world)).toMatchObject({ done: [], failed: [{ id: "message-0" }] });
  expect(kept(here)).toEqual([]);
  expect(await ingest([aged(15.1)], here.world)).toMatchObject({ done: ["message-0"], failed: [] });
  expect(kept(here)).toMatchObject([{ reason: "the object does not exist", object: { key: "gone.json.gz" } }]);
});

test("an object that somebody can open again is waited for, however old its notification is", async () => {
  const here = await scene();
  const reason = "access to the object is denied";
  const world = { ...here.world, fetchObject: () => Promise.resolve({ ok: false, reason, retry: true } as const) };
  const old = message(s3Notification("b", "k"), { sentMs: 0, receives: 50 });
  expect(await ingest([old], world)).toMatchObject({ done: [], failed: [{ reason: `s3://b/k: ${reason}` }] });
  expect(kept(here)).toEqual([]);
});

test("messages that came twice fail together, and from the third time on each by itself", async () => {
  const { world } = await scene();
  const poison = message(stolen, { id: "poison", receives: 2 });
  const two = { ...world, store: { ...world.store, merge: failEvidence(world.store) } };
  expect(await ingest([poison, event("neighbour", 2)], two)).toMatchObject({ done: [] });
  const third = await ingest([{ ...poison, receives: 3 }, event("neighbour", 3), event("new")], two);
  expect(third).toMatchObject({ done: ["new", "neighbour"], failed: [{ id: "poison", reason: "memory is down" }] });
});

/** Keeps everything but what the stolen session's call leads to. */
function failEvidence(store: Store): Store["merge"] {
  return (deltas) => {
    const text = [...deltas.values()].map(({ kind, value }) =>
      kind === "evidence" ? JSON.stringify([...value.facts].map(([name, facts]) => [name, [...facts]])) : "",
    );
    return text.some((cell) => cell.includes(String(stolen.sourceIPAddress)))
      ? Promise.reject(new Error("memory is down"))
      : store.merge(deltas);
  };
}

test("what holds nothing to judge is done, whatever becomes of the messages beside it", async () => {
  const { world } = await scene();
  const outbox = { ...memoryOutbox(), announce: () => Promise.reject(new Error("the outbox is down")) };
  const batch = [message({ Event: "s3:TestEvent" }), event("event"), message("torn {", { id: "torn" })];
  const answer = await ingest(batch, { ...world, outbox });
  expect(answer).toMatchObject({
    done: ["message-0", "torn"],
    failed: [{ id: "event", reason: "the outbox is down" }],
  });
  expect(answer.calls).toBe(0);
});

test("past four fifths of its time it begins nothing more, not even judging", async () => {
  const { world } = await scene();
  const batch = [event("a"), event("b"), event("c", 3)];
  const left = (...ms: readonly number[]) => {
    const times = ms.values();
    return { remainingMs: () => times.next().value ?? 0 };
  };
  const ids = async (...ms: readonly number[]) => {
    const { done, failed } = await ingest(batch, world, left(...ms));
    return { done, failed: failed.map(({ id, reason }) => `${id} ${reason}`) };
  };
  const notBegun = "not begun: the time was up";
  expect(await ids(1_000, 199)).toEqual({ done: [], failed: ["a", "b", "c"].map((id) => `${id} ${notBegun}`) });
  expect(await ids(1_000, 500, 200, 199)).toEqual({
    done: [],
    failed: ["a not judged: the time was up", "b not judged: the time was up", `c ${notBegun}`],
  });
  expect(await ids(1_000, 500, 400, 300)).toEqual({ done: ["a", "b"], failed: [`c ${notBegun}`] });
});

test("late calls are counted by how late they came, and judged like any others", async () => {
  const { world } = await scene();
  const hours = (n: number) => Date.parse(oddlyNamed.eventTime) + n * 60 * MINUTE_MS;
  const arrived = (n: number, id: string) =>
    message(eventBridgeEvent(later(oddlyNamed, Number(id))), { id, sentMs: hours(n) });
  const { late, calls } = await ingest([arrived(1, "0"), arrived(2, "1"), arrived(24, "2")], world);
  expect([late, calls]).toEqual([{ calls: 2, mostMs: 24 * 60 * MINUTE_MS - 2_000 }, 3]);
});

test("an alert says that it is late where nothing but late calls led to it", async () => {
  const inTime = { sentMs: Date.parse(stolen.eventTime) + MINUTE_MS, id: "in time" };
  const lateIn = async (...batch: Parameters<typeof ingest>[0]) => {
    const { world } = await scene();
    await ingest(batch, world);
    const { entries } = await world.outbox.pending({ after: null, limit: 10 });
    return entries.map(({ alert }) => alert.late);
  };
  expect(await lateIn(message(stolen))).toEqual([true]);
  expect(await lateIn(message(stolen, inTime))).toEqual([undefined]);
  expect(await lateIn(message(ordinary), message(stolen, inTime))).toEqual([undefined]);
});

test("suppressed alerts are counted by their detector, and one of them is announced as a sample", async () => {
  const { world } = suppressing(await scene(), "unusual-session-name", oddlyNamed);
  const counted = { announced: 1, suppressed: { "unusual-session-name": 1 } };
  expect(await ingest([event("event"), message(stolen)], world)).toMatchObject(counted);
});
