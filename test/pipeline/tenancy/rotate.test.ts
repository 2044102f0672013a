import { expect, test } from "vitest";
import { offboard } from "../../../src/pipeline/tenancy/offboard.ts";
import { register } from "../../../src/pipeline/tenancy/register.ts";
import { retireOverlapped } from "../../../src/pipeline/tenancy/retire.ts";
import { rotate } from "../../../src/pipeline/tenancy/rotate.ts";
import { buildRegistry } from "../../../src/tenants/registry.ts";
import { ACCOUNT, changed, DAY_MS, deskScene, MORNING_MS, verified, type DeskScene } from "./scene.ts";

const WEEK = { overlapMs: 7 * DAY_MS };

async function registered(isVerified = true): Promise<DeskScene> {
  const desk = deskScene();
  await register("acme", [{ account: ACCOUNT }], desk);
  if (isVerified) await verified(desk, ACCOUNT);
  desk.clock.nowMs += DAY_MS;
  return desk;
}

/** Whether a digest is the account's at a moment, as detection asks. */
async function holds(desk: DeskScene, digest: string | null | undefined, atMs: number): Promise<boolean> {
  const { registry } = buildRegistry((await desk.registrations.all()).map(({ registration }) => registration));
  return (registry?.holdersOf(digest ?? "", atMs) ?? []).length === 1;
}

test("both IDs are known until the overlap ends, then the old one is known for calls of its time alone", async () => {
  const desk = await registered();
  const old = (await desk.at(ACCOUNT))?.externalId;
  expect((await rotate(ACCOUNT, WEEK, desk)).outcome).toBe("rotated");
  const { externalId, previousExternalId, previousUntilMs } = (await desk.at(ACCOUNT)) ?? {};
  expect(externalId).not.toBe(old);
  expect({ previousExternalId, previousUntilMs }).toEqual({
    previousExternalId: old,
    previousUntilMs: desk.now() + 7 * DAY_MS,
  });
  expect(await desk.vault.digests()).toHaveLength(2);

  desk.clock.nowMs += 7 * DAY_MS;
  expect(await holds(desk, old, desk.now())).toBe(false);
  expect(await holds(desk, externalId, desk.now())).toBe(true);
  expect(await retireOverlapped(desk)).toBe(1);
  expect(await retireOverlapped(desk)).toBe(0);
  expect(await desk.vault.digests()).toEqual([externalId]);
  expect(await holds(desk, old, desk.now())).toBe(false);
  expect(await holds(desk, old, MORNING_MS + DAY_MS)).toBe(true);
});

test("a second rotation waits for the first one's overlap, unless it is forced", async () => {
  const desk = await registered();
  await rotate(ACCOUNT, WEEK, desk);
  const between = await desk.at(ACCOUNT);
  desk.clock.nowMs += DAY_MS;
  expect((await rotate(ACCOUNT, WEEK, desk)).outcome).toBe("rotating");
  expect(await desk.at(ACCOUNT)).toEqual(between);
  await rotate(ACCOUNT, { ...WEEK, force: true }, desk);
  expect(await holds(desk, between?.previousExternalId, desk.now())).toBe(false);
  expect(await holds(desk, between?.externalId, desk.now())).toBe(true);
  expect(await desk.vault.digests()).toHaveLength(2);
});

test("after a leak the old ID is unknown from that moment, and its secret is gone", async () => {
  const desk = await registered();
  const old = (await desk.at(ACCOUNT))?.externalId;
  await rotate(ACCOUNT, { overlapMs: 0, force: true }, desk);
  expect(await holds(desk, old, desk.now())).toBe(false);
  expect(await holds(desk, old, desk.now() - 1)).toBe(true);
  expect(await desk.vault.digests()).toEqual([(await desk.at(ACCOUNT))?.externalId]);
});

test("a role that never demanded its ID has nothing to overlap with", async () => {
  const desk = await registered(false);
  await rotate(ACCOUNT, WEEK, desk);
  expect(await desk.at(ACCOUNT)).toMatchObject({ previousExternalId: null, previousUntilMs: null });
  expect(await desk.vault.digests()).toHaveLength(1);
});

test("a change by another is not undone: the rotation is made from it", async () => {
  const desk = await registered();
  const { replace } = desk.registrations;
  let first = true;
  const racing = {
    ...desk,
    registrations: {
      ...desk.registrations,
      replace: async (changes: Parameters<typeof replace>[0]) => {
        if (first) {
          first = false;
          await changed(desk, ACCOUNT, { region: "eu-west-1" });
        }
        return replace(changes);
      },
    },
  };
  expect((await rotate(ACCOUNT, WEEK, racing)).outcome).toBe("rotated");
  const after = await desk.at(ACCOUNT);
  expect(after?.region).toBe("eu-west-1");
  expect(new Set(await desk.vault.digests())).toEqual(new Set([after?.externalId, after?.previousExternalId]));
});

test("what is off-boarded, or was never registered, is not rotated", async () => {
  const desk = await registered();
  await offboard(() => true, desk);
  expect((await rotate(ACCOUNT, WEEK, desk)).outcome).toBe("off-boarded");
  expect((await rotate("999988887777", WEEK, desk)).outcome).toBe("gone");
  expect(await desk.vault.digests()).toEqual([]);
});
