import { expect, test } from "vitest";
import { adopt } from "../../../src/pipeline/tenancy/adopt.ts";
import { offboard } from "../../../src/pipeline/tenancy/offboard.ts";
import { register } from "../../../src/pipeline/tenancy/register.ts";
import { reveal } from "../../../src/pipeline/tenancy/reveal.ts";
import { memoryVault } from "../../../src/stores/vault/memory.ts";
import { strengthOf } from "../../../src/trail/external-id.ts";
import { ACCOUNT, deskScene, OTHER, verified } from "./scene.ts";

test("an account is registered with a strong external ID that is in the vault in plain and in the registry as a digest", async () => {
  const desk = deskScene();
  const [done] = await register("acme", [{ account: ACCOUNT }], desk);
  const registration = await desk.at(ACCOUNT);
  expect(done).toMatchObject({ outcome: "registered", registration });
  expect(registration?.roleArn).toMatch(new RegExp(`^arn:aws:iam::${ACCOUNT}:role/Vendor-[0-9a-f]{12}$`));
  const [digest] = await desk.vault.digests();
  expect(registration?.externalId).toBe(digest);
  const id = (await desk.vault.reveal(digest ?? "")) ?? "";
  expect(strengthOf(id)).toBe("strong");
  expect(JSON.stringify(registration)).not.toContain(id);
});

test("the same list again changes nothing, and makes no second ID", async () => {
  const desk = deskScene();
  const wanted = [{ account: ACCOUNT }, { account: OTHER }];
  await register("acme", wanted, desk);
  const before = [await desk.at(ACCOUNT), await desk.at(OTHER)];
  const again = await register("acme", [...wanted, { account: "222233334444" }], desk);
  expect(again.map(({ outcome }) => outcome)).toEqual(["already", "already", "registered"]);
  expect([await desk.at(ACCOUNT), await desk.at(OTHER)]).toEqual(before);
  expect(await desk.vault.digests()).toHaveLength(3);
});

test("ten thousand accounts get ten thousand different IDs", async () => {
  const desk = deskScene();
  const wanted = Array.from({ length: 10_000 }, (_, at) => ({ account: String(200_000_000_000 + at) }));
  const done = await register("acme", wanted, desk);
  const digests = new Set(done.map((one) => (one.outcome === "taken" ? null : one.registration.externalId)));
  expect(digests.size).toBe(10_000);
  expect(new Set(await desk.vault.digests())).toEqual(digests);
});

test("another tenant's claim is refused and reported, says nothing of the holder and leaves no secret behind", async () => {
  const desk = deskScene();
  await register("acme", [{ account: ACCOUNT }], desk);
  const before = await desk.at(ACCOUNT);
  const claimed = await register("globex", [{ account: ACCOUNT }, { account: OTHER }], desk);
  expect(claimed[0]).toEqual({ account: ACCOUNT, outcome: "taken" });
  expect(claimed[1]?.outcome).toBe("registered");
  expect(await desk.at(ACCOUNT)).toEqual(before);
  expect(await desk.vault.digests()).toHaveLength(2);
  expect(desk.incidents).toEqual([
    expect.objectContaining({ kind: "account-claimed-twice", account: ACCOUNT, facts: { claimedBy: ["globex"] } }),
  ]);
});

test("of two who claim one account at once one gets it, and the vault keeps that one's ID", async () => {
  const desk = deskScene();
  const both = await Promise.all(["acme", "globex"].map((tenant) => register(tenant, [{ account: ACCOUNT }], desk)));
  expect(
    both
      .flat()
      .map(({ outcome }) => outcome)
      .sort(),
  ).toEqual(["registered", "taken"]);
  expect(await desk.vault.digests()).toEqual([(await desk.at(ACCOUNT))?.externalId]);
});

test("a crash after the ID was kept leaves a secret that nobody names, and the next try registers", async () => {
  const desk = deskScene();
  const dying = { ...desk, registrations: { ...desk.registrations, claim: () => Promise.reject(new Error("killed")) } };
  await expect(register("acme", [{ account: ACCOUNT }], dying)).rejects.toThrow("killed");
  expect(await desk.at(ACCOUNT)).toBeNull();
  const [done] = await register("acme", [{ account: ACCOUNT }], desk);
  expect(done?.outcome).toBe("registered");
  expect(await desk.vault.reveal((await desk.at(ACCOUNT))?.externalId ?? "")).not.toBeNull();
});

test("an ID is shown while its customer has yet to use it, and not once the role was seen to demand it", async () => {
  const desk = deskScene();
  await register("acme", [{ account: ACCOUNT }], desk);
  const shown = async () => {
    const registration = await desk.at(ACCOUNT);
    return registration === null ? null : reveal(registration, desk);
  };
  const first = await shown();
  expect(first).toHaveProperty("externalId");
  expect(await shown()).toEqual(first);
  await verified(desk, ACCOUNT);
  expect(await shown()).toEqual({ refused: "in use" });
  await offboard(() => true, desk);
  expect(await shown()).toEqual({ refused: "off-boarded" });
});

test("a customer that comes back before it is purged gets its account back under a new ID; another does not", async () => {
  const desk = deskScene();
  await register("acme", [{ account: ACCOUNT }], desk);
  const first = (await desk.at(ACCOUNT))?.externalId;
  await offboard(() => true, desk);
  expect((await register("globex", [{ account: ACCOUNT }], desk))[0]?.outcome).toBe("taken");
  desk.clock.nowMs += 1000;
  expect((await register("acme", [{ account: ACCOUNT }], desk))[0]?.outcome).toBe("registered");
  const back = await desk.at(ACCOUNT);
  expect(back).toMatchObject({ status: "onboarding", untilMs: null });
  expect(back?.externalId).not.toBe(first);
  expect(await desk.vault.digests()).toEqual([back?.externalId]);
});

test("integrations from before are taken over with their IDs, once, and never another tenant's or another ID's", async () => {
  const desk = deskScene({ vault: memoryVault() });
  const roleArn = `arn:aws:iam::${ACCOUNT}:role/Vendor`;
  const before = { tenant: "acme", account: ACCOUNT, roleArn, externalId: "acme-2019" };
  const outcomes = async (...all: (typeof before)[]) => (await adopt(all, desk)).map(({ outcome }) => outcome);
  expect(await outcomes(before)).toEqual(["adopted"]);
  expect(await outcomes(before)).toEqual(["already"]);
  expect(await outcomes({ ...before, externalId: "acme-2020" })).toEqual(["differs"]);
  expect(await outcomes({ ...before, tenant: "globex" })).toEqual(["taken"]);
  const { externalId, status } = (await desk.at(ACCOUNT)) ?? {};
  expect(status).toBe("active");
  expect(await desk.vault.reveal(externalId ?? "")).toBe("acme-2019");
  expect(await desk.vault.digests()).toEqual([externalId]);
});
