import fc from "fast-check";
import { expect, test } from "vitest";
import {
  account,
  BASE,
  everythingSaid,
  handlerScene,
  registered,
  servedScene,
  UUID,
  type Got,
  type Scene,
} from "./scene.ts";

const ONE = "111122223333";

test("of two tenants that claim one account at once one gets it, and the SOC is told of the other", async () => {
  const here = await servedScene();
  const claim = (tenant: string) => here.send({ method: "POST", path: BASE, tenant, body: { accounts: [ONE] } });
  const claims = await Promise.all(["acme", "globex"].map(claim));
  expect(claims.map(({ status }) => status).toSorted()).toEqual([201, 409]);
  const holder = (await here.world.desk.registrations.of(ONE))!.registration.tenant;
  expect(holder).toBe(claims[0]!.status === 201 ? "acme" : "globex");
  const [alert, ...others] = await here.alerts();
  expect([others, alert]).toMatchObject([[], { detector: "account-claimed-twice", tenant: null, account: ONE }]);
  const refused = claims.find(({ status }) => status === 409)!;
  expect(refused.text).not.toMatch(/acme|globex|\d{12}/);
  expect((await here.world.desk.vault.digests()).length).toBe(1);
});

test("one list sent twice at once registers each account once, and both answers name the same integrations", async () => {
  const here = await servedScene();
  const accounts = Array.from({ length: 200 }, (_, at) => account(at));
  const post = () => here.send({ method: "POST", path: BASE, body: { accounts } });
  const [one, other] = await Promise.all([post(), post()]);
  const named = ({ body }: Got) => body.outcomes.map(({ id, roleArn }) => `${id} ${roleArn}`);
  expect(named(one)).toEqual(named(other));
  const outcomes = accounts.map((_, at) =>
    [one, other]
      .map(({ body }) => body.outcomes[at]!.outcome)
      .toSorted()
      .join(),
  );
  expect(new Set(outcomes)).toEqual(new Set(["already,registered"]));
  const held = (await here.world.desk.registrations.all()).map(({ registration }) => registration.externalId!);
  expect(held.toSorted()).toEqual((await here.world.desk.vault.digests()).toSorted());
  expect(await here.alerts()).toEqual([]);
});

test("in a list the account of another stops no other, and is not said to be whose", async () => {
  const here = handlerScene();
  await registered(here, ONE);
  const { status, body, text } = await here.send({
    ...{ method: "POST", path: BASE, tenant: "globex" },
    body: { accounts: [ONE, account(1), account(2)] },
  });
  expect([status, body]).toMatchObject([201, { registered: 2, taken: 1 }]);
  expect(body.outcomes[0]).toEqual({ account: ONE, outcome: "taken" });
  expect(text).not.toContain("acme");
  const reveal = { method: "POST", path: `${BASE}/externalids/reveal`, tenant: "globex", body: { accounts: [ONE] } };
  expect((await here.send(reveal)).body).toEqual({ externalIds: {}, refused: { [ONE]: "not found" } });
});

test("an integration of another's is in no call different from one that does not exist", async () => {
  const here = handlerScene();
  const id = await registered(here, ONE);
  const before = await here.world.desk.registrations.all();
  const calls = ["GET ", "DELETE ", "POST /externalid/reveal", "POST /externalid/regenerate", "POST /verify", "PATCH "];
  for (const call of calls) {
    const [method = "", rest = ""] = call.split(" ");
    const ask = (which: string) => here.send({ method, path: `${BASE}/${which}${rest}`, tenant: "globex" });
    expect(await ask(id), call).toEqual(await ask(`int-${"0".repeat(24)}`));
  }
  expect(await here.world.desk.registrations.all()).toEqual(before);
});

/** A thing that a tenant does: with which account, as one of its own integrations or of another's. */
interface Deed {
  readonly what:
    "register" | "list" | "read" | "reveal" | "reveal many" | "regenerate" | "emergency" | "verify" | "end";
  readonly account: number;
}

const deed = fc.record<Deed>({
  what: fc.constantFrom(
    "register",
    "list",
    "read",
    "reveal",
    "reveal many",
    "regenerate",
    "emergency",
    "verify",
    "end",
  ),
  account: fc.nat(3),
});

function doAs(
  scene: Scene,
  tenant: string,
  { what, account: number }: Deed,
  accounts: readonly string[],
): Promise<Got> {
  const which = accounts[number]!;
  const one = `${BASE}/${scene.world.desk.digester.integration(which)}`;
  const body = { accounts: [which] };
  switch (what) {
    case "register":
      return scene.send({ method: "POST", path: BASE, tenant, body });
    case "list":
      return scene.send({ method: "GET", path: `${BASE}?limit=2`, tenant });
    case "read":
      return scene.send({ method: "GET", path: one, tenant });
    case "reveal":
      return scene.send({ method: "POST", path: `${one}/externalid/reveal`, tenant });
    case "reveal many":
      return scene.send({ method: "POST", path: `${BASE}/externalids/reveal`, tenant, body });
    case "regenerate":
      return scene.send({ method: "POST", path: `${one}/externalid/regenerate`, tenant, body: {} });
    case "emergency":
      return scene.send({ method: "POST", path: `${one}/externalid/regenerate`, tenant, body: { emergency: true } });
    case "verify":
      return scene.send({ method: "POST", path: `${one}/verify`, tenant });
    case "end":
      return scene.send({ method: "DELETE", path: one, tenant });
  }
}

/** What chance chose is another at every run; everything else must be the same. */
function withoutChance({ status, text }: Got): string {
  return `${status} ${text.replace(new RegExp(UUID, "g"), "ID").replace(/vendor-integration-[0-9a-f]{12}/g, "ROLE")}`;
}

const OURS = [0, 1, 2, 3].map(account);
const THEIRS = [7, 8, 9, 10].map(account);

test("whatever another tenant does, and tries with what is ours, our answers are those of a world without it", async () => {
  const step = fc.record({ ours: fc.boolean(), deed, reaching: fc.boolean() });
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 40 }), async (steps) => {
      const [together, alone] = [handlerScene(), handlerScene()];
      for (const { ours, deed, reaching } of steps) {
        if (ours) {
          const answered = await doAs(together, "acme", deed, OURS);
          expect(withoutChance(answered)).toBe(withoutChance(await doAs(alone, "acme", deed, OURS)));
          for (const foreign of ["globex", ...THEIRS]) expect(answered.text).not.toContain(foreign);
        } else {
          // What is tried with ours is anything but to register it: that takes it where we have not.
          const reaches = reaching && deed.what !== "register";
          const answered = await doAs(together, "globex", deed, reaches ? OURS : THEIRS);
          const asked = reaches && deed.what === "reveal many" ? new Set([OURS[deed.account]!]) : new Set();
          for (const foreign of ["acme", ...OURS.filter((one) => !asked.has(one))]) {
            expect(answered.text).not.toContain(foreign);
          }
          if (reaches && !["list", "reveal many"].includes(deed.what)) expect(answered.status).toBe(404);
        }
      }
    }),
    { numRuns: 150 },
  );
});

test("of a thousand things that two tenants do no external ID is said anywhere but in the reveals' answers", async () => {
  const made = new Set<string>();
  const scene = handlerScene(({ desk }) => {
    const keep = (secrets: ReadonlyMap<string, string>): Promise<void> => {
      for (const id of secrets.values()) made.add(id);
      return desk.vault.keep(secrets);
    };
    return { desk: { ...desk, vault: { ...desk.vault, keep } } };
  });
  const revealed = new Set<string>();
  const deeds = fc.sample(fc.record({ isAcme: fc.boolean(), done: deed }), { numRuns: 1000, seed: 7 });
  for (const { isAcme, done } of deeds) {
    const { status, body } = await doAs(scene, isAcme ? "acme" : "globex", done, isAcme ? OURS : THEIRS);
    if (!done.what.startsWith("reveal") || status !== 200) continue;
    scene.answers.pop();
    for (const id of done.what === "reveal" ? [body.externalId] : Object.values(body.externalIds)) revealed.add(id);
  }
  expect(made.size).toBeGreaterThan(100);
  expect(revealed.size).toBeGreaterThan(10);
  expect([...revealed].filter((id) => !made.has(id))).toEqual([]);
  const said =
    everythingSaid(scene) + JSON.stringify([await scene.world.desk.registrations.all(), await scene.alerts()]);
  expect([...made].filter((id) => said.includes(id))).toEqual([]);
  expect(said).not.toMatch(UUID);
});

test("the audit log has a line for each request, of whose, what and how it ended, and nothing that was sent", async () => {
  const here = handlerScene();
  const id = await registered(here, ONE);
  await here.send({ method: "POST", path: `${BASE}/${id}/externalid/reveal` });
  await here.send({ method: "GET", path: `${BASE}/nowhere?secret=1`, tenant: "globex" });
  await here.send({ method: "GET", path: BASE, tenant: null });
  const common = { audit: "onboarding", time: "2026-11-25T12:00:00.000Z", requestId: "request-1" };
  expect(here.said.map((line) => JSON.parse(line) as unknown)).toEqual([
    {
      ...common,
      tenant: "acme",
      operation: "registerAccounts",
      integration: null,
      accounts: 1,
      status: 201,
      problem: null,
    },
    {
      ...common,
      tenant: "acme",
      operation: "revealExternalId",
      integration: id,
      accounts: 1,
      status: 200,
      problem: null,
    },
    { ...common, tenant: "globex", operation: null, integration: null, accounts: 0, status: 404, problem: "not-found" },
    {
      ...common,
      tenant: null,
      operation: "listIntegrations",
      integration: null,
      accounts: 0,
      status: 401,
      problem: "unauthenticated",
    },
  ]);
});
