import { describe, expect, test } from "vitest";
import {
  account,
  BASE,
  handlerScene,
  NOW_MS,
  registered,
  servedScene,
  UUID,
  type Got,
  type Scene,
  type Told,
} from "./scene.ts";

const [ONE, TWO] = ["111122223333", "444455556666"];

describe.each<readonly [string, () => Promise<Scene>]>([
  ["over HTTP, on files", servedScene],
  ["by API Gateway's events, in memory", () => Promise.resolve(handlerScene())],
])("%s", (_, sceneOf) => {
  test("an account is registered once, and its integration tells all but the external ID", async () => {
    const { send } = await sceneOf();
    const first = await send({ method: "POST", path: BASE, body: { accounts: [ONE] } });
    expect(first.status).toBe(201);
    const { id, roleArn } = first.body.outcomes[0]!;
    expect(first.headers.get("location")).toBe(`${BASE}/${id}`);
    expect(first.body).toEqual({
      ...{ registered: 1, already: 0, taken: 0 },
      outcomes: [{ account: ONE, outcome: "registered", id, roleArn }],
    });
    expect(id).toMatch(/^int-[0-9a-f]{24}$/);
    expect(roleArn).toMatch(/^arn:aws:iam::111122223333:role\/vendor-integration-[0-9a-f]{12}$/);
    const read = await send({ method: "GET", path: `${BASE}/${id}` });
    expect(read.body).toEqual({
      ...{ id, account: ONE, roleArn, region: null, status: "onboarding" },
      ...{ since: new Date(NOW_MS).toISOString(), until: null, verified: null },
      ...{ externalIdSince: new Date(NOW_MS).toISOString(), externalIdRevealable: true },
      previousExternalIdUntil: null,
    });
  });

  test("a list that is sent again changes nothing, and says so", async () => {
    const { send } = await sceneOf();
    const list = { method: "POST", path: BASE, body: { accounts: [ONE, { account: TWO, region: "eu-west-1" }] } };
    const [first, again] = [await send(list), await send(list)];
    expect([first.status, again.status]).toEqual([201, 200]);
    expect(again.body).toMatchObject({ registered: 0, already: 2, taken: 0 });
    const withoutOutcome = (outcomes: Told["outcomes"]) => outcomes.map((one) => ({ ...one, outcome: null }));
    expect(withoutOutcome(again.body.outcomes)).toEqual(withoutOutcome(first.body.outcomes));
    const revealed = { method: "POST", path: `${BASE}/externalids/reveal`, body: { accounts: [ONE, TWO] } };
    expect((await send(revealed)).body).toEqual((await send(revealed)).body);
  });

  test("a role and a region of the customer's own are kept", async () => {
    const { send } = await sceneOf();
    const wanted = { account: ONE, roleArn: `arn:aws:iam::${ONE}:role/audit/Vendor`, region: "eu-central-1" };
    const { body } = await send({ method: "POST", path: BASE, body: { accounts: [wanted] } });
    expect((await send({ method: "GET", path: `${BASE}/${body.outcomes[0]!.id}` })).body).toMatchObject(wanted);
  });

  test("the list comes in pages that together hold each integration once", async () => {
    const { send } = await sceneOf();
    const accounts = Array.from({ length: 7 }, (_, at) => account(at));
    await send({ method: "POST", path: BASE, body: { accounts } });
    const seen: string[] = [];
    let next: string | null = "";
    let pages = 0;
    while (next !== null) {
      const cursor: string = next === "" ? "" : `&cursor=${next}`;
      const { body }: Got = await send({ method: "GET", path: `${BASE}?limit=3${cursor}` });
      seen.push(...body.integrations.map(({ account }) => account));
      next = body.next;
      pages++;
    }
    expect([pages, seen.toSorted()]).toEqual([3, accounts]);
  });

  test("the external ID is shown by the reveal calls alone, and until it was seen in use", async () => {
    const { send, clock } = await sceneOf();
    const id = await registered({ send }, ONE);
    const reveal = { method: "POST", path: `${BASE}/${id}/externalid/reveal` };
    const shown = await send(reveal);
    expect(shown.body).toMatchObject({ account: ONE });
    expect(shown.body.externalId).toMatch(UUID);
    const many = { method: "POST", path: `${BASE}/externalids/reveal`, body: { accounts: [ONE, TWO] } };
    const refused = { [TWO]: "not found" };
    expect((await send(many)).body).toEqual({ externalIds: { [ONE]: shown.body.externalId }, refused });
    clock.nowMs += 60_000;
    const verified = await send({ method: "POST", path: `${BASE}/${id}/verify` });
    expect(verified.body).toMatchObject({ verdict: "enforced", integration: { status: "active" } });
    expect((await send(reveal)).body).toMatchObject({
      type: "urn:deputywatch:problem:external-id-in-use",
      status: 409,
    });
    expect((await send(many)).body).toEqual({ externalIds: {}, refused: { [ONE]: "in use", [TWO]: "not found" } });
  });

  test("a new external ID is made with an overlap, once at a time, and at once in an emergency", async () => {
    const { send, clock } = await sceneOf();
    const id = await registered({ send }, ONE);
    const reveal = async () =>
      (await send({ method: "POST", path: `${BASE}/${id}/externalid/reveal` })).body.externalId;
    const ids = [await reveal()];
    await send({ method: "POST", path: `${BASE}/${id}/verify` });
    clock.nowMs += 60_000;
    const regenerate = (body: unknown) => send({ method: "POST", path: `${BASE}/${id}/externalid/regenerate`, body });
    const rotated = await regenerate({ overlap: "36h" });
    expect(rotated.body).toMatchObject({
      previousExternalIdUntil: new Date(clock.nowMs + 36 * 3_600_000).toISOString(),
      externalIdRevealable: true,
    });
    ids.push(await reveal());
    expect((await regenerate({})).body).toMatchObject({ type: "urn:deputywatch:problem:rotation-in-progress" });
    expect((await regenerate({ emergency: true })).body).toMatchObject({ previousExternalIdUntil: null });
    ids.push(await reveal());
    expect(new Set(ids).size).toBe(3);
  });

  test("a rotation that says nothing overlaps for a week", async () => {
    const { send, clock } = await sceneOf();
    const id = await registered({ send }, ONE);
    await send({ method: "POST", path: `${BASE}/${id}/verify` });
    const rotated = await send({ method: "POST", path: `${BASE}/${id}/externalid/regenerate` });
    const until = new Date(clock.nowMs + 7 * 86_400_000).toISOString();
    expect(rotated.body).toMatchObject({ previousExternalIdUntil: until });
  });

  test("an integration ends at once, as often as one asks, and shows and makes no external ID any more", async () => {
    const { send, world } = await sceneOf();
    const id = await registered({ send }, ONE);
    await registered({ send }, TWO);
    for (let time = 0; time < 2; time++) {
      const ended = await send({ method: "DELETE", path: `${BASE}/${id}` });
      expect([ended.status, ended.body]).toMatchObject([202, { status: "offboarded", externalIdRevealable: false }]);
    }
    const left = (await world.desk.registrations.of(TWO))!.registration;
    expect([left.status, await world.desk.vault.digests()]).toEqual(["onboarding", [left.externalId]]);
    for (const call of ["externalid/reveal", "externalid/regenerate", "verify"]) {
      const { body } = await send({ method: "POST", path: `${BASE}/${id}/${call}` });
      expect(body).toMatchObject({ type: "urn:deputywatch:problem:integration-off-boarded", status: 409 });
    }
    const back = await send({ method: "POST", path: BASE, body: { accounts: [ONE] } });
    expect(back.body).toMatchObject({ registered: 1, outcomes: [{ id }] });
  });

  test("HEAD is GET without its body, OPTIONS and 405 name the methods, and nothing else is there", async () => {
    const { send } = await sceneOf();
    const id = await registered({ send }, ONE);
    expect((await send({ method: "HEAD", path: `${BASE}/${id}` })).status).toBe(200);
    const options = await send({ method: "OPTIONS", path: BASE });
    expect([options.status, options.headers.get("allow")]).toEqual([204, "POST, GET, HEAD, OPTIONS"]);
    expect(options.headers.get("access-control-allow-origin")).toBeUndefined();
    const put = await send({ method: "PUT", path: `${BASE}/${id}`, body: {} });
    expect([put.status, put.headers.get("allow")]).toEqual([405, "GET, DELETE, HEAD, OPTIONS"]);
    for (const path of ["/", "/integrations", `${BASE}/`, `${BASE}/${id}/`, `${BASE}/${id}/keys`, `${BASE}/${ONE}`]) {
      expect((await send({ method: "GET", path })).status, path).toBe(404);
    }
  });

  test("without a token nobody is answered, and with one each has what is its own", async () => {
    const { send } = await sceneOf();
    const id = await registered({ send }, ONE);
    const nobody = await send({ method: "GET", path: `${BASE}/${id}`, tenant: null });
    expect([nobody.status, nobody.headers.get("www-authenticate")]).toEqual([401, "Bearer"]);
    const other = await send({ method: "GET", path: `${BASE}/${id}`, tenant: "globex" });
    const none = await send({ method: "GET", path: `${BASE}/int-${"0".repeat(24)}`, tenant: "globex" });
    const withoutId = ({ text, body }: Got) => text.replace(body.requestId, "");
    expect([other.status, withoutId(other)]).toEqual([404, withoutId(none)]);
  });
});
