import { expect, test } from "vitest";
import { exampleCall } from "../../src/detectors/example.ts";
import { callsIn, sortCopies } from "../../src/engine/join-copies.ts";
import { memoryStore } from "../../src/stores/memory.ts";
import type { Call } from "../../src/trail/call.ts";

const whole = exampleCall({ id: "shared", call: { eventIds: ["ours"] } });
const theirs = exampleCall({
  id: "shared",
  caller: { kind: "AWSAccount", arn: null, roleArn: null, credential: null },
  call: { eventIds: ["theirs"], partial: true },
});
const cut: Call = { ...whole, eventIds: ["cut"], asked: null, partial: true };

test("a copy that tells the whole call is judged as it is, whatever else has arrived with it", () => {
  expect(sortCopies([theirs, whole, whole]).whole).toEqual([whole]);
  expect(sortCopies([whole]).whole).toEqual([whole]);
});

test("copies that tell a part are joined field by field, within a batch and over batches, in any order", async () => {
  const orders = [[[cut, theirs]], [[theirs, cut]], [[cut], [theirs]], [[theirs], [cut]]];
  for (const batches of orders) {
    const store = memoryStore();
    let calls: readonly Call[] = [];
    for (const batch of batches) calls = callsIn(await store.merge(sortCopies(batch).partial));
    expect(calls).toHaveLength(1);
    expect(calls[0]?.caller.arn).toBe(whole.caller.arn);
    expect(calls[0]?.asked).toEqual(theirs.asked);
    expect(calls[0]?.eventIds).toEqual(["cut", "theirs"]);
  }
});

test("calls that a masked trail gave one eventID are still calls of their own", () => {
  const other = exampleCall({ id: "another", call: { eventIds: ["ours"] } });
  expect(sortCopies([whole, other]).whole).toEqual([whole, other]);
});
