import { describe, expect, onTestFinished, test } from "vitest";
import type { Held, Registrations } from "../../src/stores/registrations/registrations.ts";
import { accounts, deletion, digest, registration } from "./registration.ts";

/** Registrations, empty; `reopen` where what they hold outlives them: the same place, opened anew. */
export interface OpenedRegistrations {
  readonly registrations: Registrations;
  readonly reopen?: () => Registrations;
}

const [ONE, OTHER] = ["111122223333", "444455556666"] as const;

async function claimed(registrations: Registrations, account: string): Promise<Held> {
  const [held] = await registrations.claim([registration(account)]);
  return held!;
}

/** What every place for registrations promises, whatever it is made of. `bulk`: as many as are registered at once. */
export function registrationsContract(name: string, open: () => Promise<OpenedRegistrations>, bulk: number): void {
  const fresh = async (): Promise<Registrations> => {
    const { registrations } = await open();
    onTestFinished(registrations.close);
    return registrations;
  };

  describe(name, () => {
    test("what is claimed is held, whole, and found by its account", async () => {
      const registrations = await fresh();
      const bare = registration(OTHER, {
        ...{ externalId: null, previousExternalId: null, previousUntilMs: null, region: null, sinceMs: null },
        ...{ feedTopicArn: null, forwardsTrail: false, externalIdSinceMs: null, verifiedMs: null },
        ...{ retired: [], status: "onboarding" },
      });
      await registrations.claim([registration(ONE), bare]);
      expect((await registrations.of(ONE))?.registration).toEqual(registration(ONE));
      const other = (await registrations.of(OTHER))?.registration;
      expect({ ...other, retired: other?.retired ?? [] }).toEqual(bare);
      expect(await registrations.of("777788889999")).toBeNull();
      expect((await registrations.all()).map((held) => held.registration.account).sort()).toEqual([ONE, OTHER]);
    });

    test("a tenant's own are found by its name, soon at the latest, and nobody else's", async () => {
      const registrations = await fresh();
      await registrations.claim([registration(ONE, { tenant: "acme" }), registration(OTHER, { tenant: "acme corp" })]);
      const accounts = async (tenant: string) =>
        (await registrations.ofTenant(tenant)).map((held) => held.registration.account);
      await expect.poll(() => accounts("acme"), { timeout: 5_000 }).toEqual([ONE]);
      await expect.poll(() => accounts("acme corp"), { timeout: 5_000 }).toEqual([OTHER]);
      expect(await accounts("globex")).toEqual([]);
    });

    test("a claim of one's own again changes nothing, and answers what was there", async () => {
      const registrations = await fresh();
      const first = await claimed(registrations, ONE);
      expect(await registrations.claim([registration(ONE, { externalId: digest("9") })])).toEqual([first]);
      expect(await registrations.all()).toEqual([first]);
    });

    test("of two tenants who claim an account at once one has it, and both are told who", async () => {
      const registrations = await fresh();
      const tenants = ["acme", "globex", "initech", "umbrella"];
      const answers = await Promise.all(
        tenants.map((tenant) => registrations.claim([registration(ONE, { tenant }), registration(OTHER, { tenant })])),
      );
      const all = await registrations.all();
      expect(all).toHaveLength(2);
      for (const [one, other] of answers) {
        expect(one).toEqual(await registrations.of(ONE));
        expect(other).toEqual(await registrations.of(OTHER));
      }
    });

    test("an account that a list names twice is its first claimant's", async () => {
      const registrations = await fresh();
      const answer = await registrations.claim([registration(ONE), registration(ONE, { tenant: "globex" })]);
      expect(answer.map((held) => held.registration.tenant)).toEqual(["acme", "acme"]);
      expect(await registrations.all()).toHaveLength(1);
    });

    test("a change from what is no longer there is refused, and can be made again from what is", async () => {
      const registrations = await fresh();
      const held = await claimed(registrations, ONE);
      const rotated = registration(ONE, { externalId: digest("1"), previousExternalId: digest("a") });
      const left = registration(ONE, { status: "offboarded" });
      const [one, other] = await Promise.all([
        registrations.replace([{ held, next: rotated }]),
        registrations.replace([{ held, next: left }]),
      ]);
      expect([one, other].flat().sort()).toEqual([false, true]);
      const now = (await registrations.of(ONE))!;
      expect(now.registration).toEqual(one[0] === true ? rotated : left);
      expect(now.revision).not.toBe(held.revision);
      const both = { ...rotated, status: "offboarded" } as const;
      expect(await registrations.replace([{ held: now, next: both }])).toEqual([true]);
      expect((await registrations.of(ONE))?.registration).toEqual(both);
    });

    test("of two changes of one list to one account the first is made", async () => {
      const registrations = await fresh();
      const [one, other] = [await claimed(registrations, ONE), await claimed(registrations, OTHER)];
      const next = (held: Held, externalId: string) => ({ held, next: { ...held.registration, externalId } });
      const answer = await registrations.replace([next(one, digest("1")), next(other, digest("2"))]);
      expect(answer).toEqual([true, true]);
      expect((await registrations.of(ONE))?.registration.externalId).toBe(digest("1"));
      expect((await registrations.of(OTHER))?.registration.externalId).toBe(digest("2"));
      expect(await registrations.replace([next(one, digest("3"))])).toEqual([false]);
    });

    test("a change does not move a registration to another account", async () => {
      const registrations = await fresh();
      const held = await claimed(registrations, ONE);
      expect(await registrations.replace([{ held, next: registration(OTHER) }])).toEqual([false]);
      expect(await registrations.all()).toEqual([held]);
    });

    test("what was removed is gone and may be claimed anew; what has changed meanwhile is not removed", async () => {
      const registrations = await fresh();
      const held = await claimed(registrations, ONE);
      await registrations.replace([{ held, next: registration(ONE, { status: "offboarded" }) }]);
      expect(await registrations.remove([held])).toEqual([false]);
      const now = (await registrations.of(ONE))!;
      const both = await Promise.all([registrations.remove([now]), registrations.remove([now])]);
      expect(both.flat().sort()).toEqual([false, true]);
      expect(await registrations.of(ONE)).toBeNull();
      expect(await registrations.remove([now])).toEqual([false]);
      expect(await registrations.replace([{ held: now, next: registration(ONE) }])).toEqual([false]);
      expect((await registrations.claim([registration(ONE, { tenant: "globex" })]))[0]?.registration.tenant).toBe(
        "globex",
      );
    });

    test("many are claimed, changed and removed as one, and half of them were there before", async () => {
      const registrations = await fresh();
      const all = accounts(bulk);
      await registrations.claim(all.filter((_, n) => n % 2 === 0).map((account) => registration(account)));
      const held = await registrations.claim(all.map((account) => registration(account, { tenant: "globex" })));
      expect(held.map(({ registration: { account } }) => account)).toEqual(all);
      expect(held.filter(({ registration: { tenant } }) => tenant === "globex")).toHaveLength(Math.floor(bulk / 2));
      const changes = held.map((one) => ({ held: one, next: { ...one.registration, externalId: digest("5") } }));
      expect(new Set(await registrations.replace(changes))).toEqual(new Set([true]));
      const now = await registrations.all();
      expect(now).toHaveLength(bulk);
      expect(new Set(now.map((one) => one.registration.externalId))).toEqual(new Set([digest("5")]));
      expect(new Set(await registrations.remove(held))).toEqual(new Set([false]));
      expect(new Set(await registrations.remove(now))).toEqual(new Set([true]));
      expect(await registrations.all()).toEqual([]);
    }, 60_000);

    test("records of deletions are kept once each, the first as it was, and told from the oldest on", async () => {
      const registrations = await fresh();
      expect(await registrations.deletions()).toEqual([]);
      await Promise.all([1, 2, 3].map((number) => registrations.keepDeletion(deletion(number))));
      await registrations.keepDeletion({ ...deletion(2), signature: "another" });
      expect(await registrations.deletions()).toEqual([deletion(3), deletion(2), deletion(1)]);
      expect(await registrations.all()).toEqual([]);
    });

    test("what was claimed and recorded is there when they are opened again", async ({ skip }) => {
      const { registrations, reopen } = await open();
      const held = await claimed(registrations, ONE);
      await registrations.keepDeletion(deletion(1));
      await registrations.close();
      if (reopen === undefined) skip("they forget by design");
      else {
        const again = reopen();
        onTestFinished(again.close);
        expect(await again.of(ONE)).toEqual(held);
        expect(await again.deletions()).toEqual([deletion(1)]);
      }
    });
  });
}
