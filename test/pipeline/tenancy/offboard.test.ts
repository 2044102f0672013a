import { expect, test } from "vitest";
import { offboard } from "../../../src/pipeline/tenancy/offboard.ts";
import { register } from "../../../src/pipeline/tenancy/register.ts";
import { ACCOUNT, changed, deskScene, OTHER, type DeskScene } from "./scene.ts";

const FEED = "arn:aws:sns:us-east-1:999988887777:feed-7f3a";

/** A customer with two accounts, told by one feed. */
async function served(): Promise<DeskScene> {
  const desk = deskScene();
  await register("acme", [{ account: ACCOUNT }, { account: OTHER }], desk);
  for (const account of [ACCOUNT, OTHER]) await changed(desk, account, { feedTopicArn: FEED });
  return desk;
}

test("who leaves has no secret and no feed any more, and is known as having left", async () => {
  const desk = await served();
  desk.clock.nowMs += 1_000;
  const gone = await offboard(({ tenant }) => tenant === "acme", desk);
  expect(gone.map(({ account }) => account)).toEqual([ACCOUNT, OTHER]);
  expect(desk.closed).toEqual([FEED]);
  expect(await desk.vault.digests()).toEqual([]);
  expect(await desk.at(ACCOUNT)).toMatchObject({ status: "offboarded", untilMs: desk.now(), feedTopicArn: null });
});

test("a feed that another account of the customer's needs stays open", async () => {
  const desk = await served();
  await offboard(({ account }) => account === ACCOUNT, desk);
  expect(desk.closed).toEqual([]);
  expect(await desk.at(OTHER)).toMatchObject({ status: "onboarding", feedTopicArn: FEED });
  await offboard(({ account }) => account === OTHER, desk);
  expect(desk.closed).toEqual([FEED]);
});

test("a feed that cannot be closed keeps its customer, so that it is closed the next time", async () => {
  const desk = await served();
  const stuck = { ...desk, closeFeed: () => Promise.reject(new Error("throttled")) };
  await expect(offboard(() => true, stuck)).rejects.toThrow("throttled");
  expect(await desk.at(ACCOUNT)).toMatchObject({ status: "onboarding", feedTopicArn: FEED });
  await offboard(() => true, desk);
  expect(desk.closed).toEqual([FEED]);
});
