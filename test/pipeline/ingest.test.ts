import { join } from "node:path";
import { expect, test } from "vitest";
import { deliveryFiles, eventBridgeEvent, s3Notification } from "../../examples/vendor/delivery.ts";
import type { TrailRecord } from "../../src/simulate/record.ts";
import { ingest } from "../../src/pipeline/ingest.ts";
import { sqliteStore } from "../../src/stores/sqlite.ts";
import { message, NOW_MS, oddlyNamed, ordinary, SAMPLE, scene, stolen, told } from "../handlers/scene.ts";

test("all that came in is in the tally: what was judged, what was put aside and why, what was refused", async () => {
  const { world } = await scene();
  const records = SAMPLE.records.slice(0, 300);
  const ahead = { ...stolen, eventTime: "2026-12-24T00:00:00Z" };
  const { done, failed, tally, calls } = await ingest([message({ Records: [...records, ahead] })], world);
  expect([done, failed]).toEqual([["message-0"], []]);
  expect(tally.records).toBe(301);
  expect(tally.rejected).toHaveLength(1);
  expect(tally.rejected[0]!.where).toBe("message message-0, record 301");
  const { "other event": others } = Object.fromEntries(tally.skipped);
  expect(calls + others! + tally.rejected.length).toBe(301);
});

test("a customer's record of what a stolen key did there is counted, judged, and late when it comes late", async () => {
  const here = await scene();
  const { credentials } = stolen.responseElements as { readonly credentials: { readonly accessKeyId: string } };
  const { roleArn } = stolen.requestParameters as { readonly roleArn: string };
  const session = { sessionIssuer: { type: "Role", arn: roleArn } };
  const used = {
    ...{ ...stolen, eventID: "inside", sharedEventID: undefined, requestParameters: null, responseElements: null },
    ...{ eventSource: "s3.amazonaws.com", eventName: "ListBuckets" },
    userIdentity: { type: "AssumedRole", accessKeyId: credentials.accessKeyId, sessionContext: session },
  };
  const { calls, uses, late, announced } = await ingest([message(used)], here.world);
  expect({ calls, uses, late: late.calls, announced }).toEqual({ calls: 0, uses: 1, late: 1, announced: 1 });
  await told(here.world);
  const alert = { detector: "issued-credentials-elsewhere", late: true, eventIds: ["inside"] };
  expect(await here.socHeard()).toMatchObject([alert]);

  const soon = await scene();
  await ingest([message(used, { sentMs: Date.parse(stolen.eventTime) + 60_000 })], soon.world);
  await told(soon.world);
  expect((await soon.socHeard()).map((alert) => "late" in alert)).toEqual([false]);
});

test("nothing came: nothing is done", async () => {
  const { world } = await scene();
  expect(await ingest([], world)).toMatchObject({ done: [], failed: [], calls: 0, announced: 0 });
});

test("while S3 cannot be asked, a notification goes back alone with the reason", async () => {
  const here = await scene();
  const world = {
    ...here.world,
    fetchObject: () => Promise.reject(new Error("s3://b/k could not be read", { cause: new Error("SlowDown") })),
  };
  const batch = [
    message(s3Notification("b", "k"), { id: "pointer" }),
    message(eventBridgeEvent(oddlyNamed), { id: "event" }),
  ];
  const { done, failed, announced } = await ingest(batch, world);
  expect(done).toEqual(["event"]);
  expect(failed).toEqual([{ id: "pointer", reason: "s3://b/k: s3://b/k could not be read (SlowDown)" }]);
  expect(announced).toBe(1);
});

test("where memory cannot be written nothing is announced, and the batch comes again to the same alerts", async () => {
  const here = await scene();
  const closed = sqliteStore(join(here.folder, "memory.db"));
  await closed.close();
  const batch = [message(eventBridgeEvent(oddlyNamed))];
  const answer = await ingest(batch, { ...here.world, store: closed });
  expect(answer).toMatchObject({ done: [], failed: [{ id: "message-0" }], calls: 0, announced: 0 });
  expect((await told(here.world)).sent).toBe(0);

  const open = sqliteStore(join(here.folder, "memory.db"));
  expect(await ingest(batch, { ...here.world, store: open })).toMatchObject({ done: ["message-0"], announced: 1 });
  expect((await told(here.world)).sent).toBe(2);
  await open.close();
});

test("two that take the same batch at once come to one alert, told at most twice", async () => {
  const here = await scene();
  const batch = [message(eventBridgeEvent(oddlyNamed)), message({ Records: [stolen] }, { id: "message-1" })];
  const take = async () => {
    await ingest(batch, here.world);
    return told(here.world);
  };
  await Promise.all([take(), take()]);
  const heard = await here.socHeard();
  expect(new Set(heard.map(({ id }) => id)).size).toBe(2);
  expect(heard.length).toBeLessThanOrEqual(4);
  expect(heard.every(({ calls }) => calls === 1)).toBe(true);
});

test("the order of arrival does not matter: the two days backwards end at the alerts of the two days forwards", async () => {
  const files = deliveryFiles(SAMPLE.records.filter(isAssumption));
  const ids = await Promise.all(
    [files, files.toReversed()].map(async (ordered) => {
      const here = await scene();
      for (const { key, body } of files) await here.put(key, body);
      for (let start = 0; start < ordered.length; start += 100) {
        const batch = ordered
          .slice(start, start + 100)
          .map(({ key }) => message(s3Notification(here.stack.bucket, key), { id: key }));
        expect((await ingest(batch, here.world)).failed).toEqual([]);
        await told(here.world);
      }
      return new Set((await here.socHeard()).map(({ id }) => id));
    }),
  );
  expect(ids[0]!.size).toBeGreaterThan(4);
  expect(ids[1]).toEqual(ids[0]);
});

/** By somebody, and not by a service of AWS: these fill files and are put aside. */
function isAssumption({ eventSource, userIdentity }: TrailRecord): boolean {
  return eventSource === "sts.amazonaws.com" && userIdentity.type !== "AWSService";
}

test("a call that has not happened yet by this clock is not judged", async () => {
  const { world } = await scene();
  const early = { ...world, now: () => Date.parse(ordinary.eventTime) - 3_600_000 };
  const { calls, tally } = await ingest([message(ordinary)], early);
  expect(calls).toBe(0);
  expect(tally.rejected).toHaveLength(1);
  expect((await ingest([message(ordinary)], { ...world, now: () => NOW_MS })).calls).toBe(1);
});
