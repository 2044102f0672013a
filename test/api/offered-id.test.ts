import { expect, test } from "vitest";
import { BASE, everythingSaid, handlerScene, servedScene, type Sent } from "./scene.ts";

const ONE = "111122223333";
const CHOSEN = "9b2d7c1e-4a56-4f0e-8c3d-2f1e0d9c8b7a";

const post = (body: unknown, more: Partial<Sent> = {}): Sent => ({ method: "POST", path: BASE, body, ...more });
const form = { "content-type": "application/x-www-form-urlencoded" };

test.each<[string, Sent, readonly string[]]>([
  ["externalId in the body", post({ accounts: [ONE], externalId: CHOSEN }), ["body"]],
  ["external_id of an account", post({ accounts: [{ account: ONE, external_id: CHOSEN }] }), ["body"]],
  ["External-ID, deep", post({ a: [{ b: { c: [{ "External-ID": CHOSEN }] } }] }), ["body"]],
  ["sts:ExternalId", post({ accounts: [ONE], Condition: { StringEquals: { "sts:ExternalId": CHOSEN } } }), ["body"]],
  ["an escaped name", post(`{"accounts":["${ONE}"],"\\u0065xternalId":"${CHOSEN}"}`), ["body"]],
  ["a full-width name", post({ ｅｘｔｅｒｎａｌＩｄ: CHOSEN }), ["body"]],
  ["a null", post({ accounts: [ONE], externalId: null }), ["body"]],
  ["a name within a name", post({ accounts: [ONE], awsExternalIdOverride: CHOSEN }), ["body"]],
  ["a form", post(`accounts=${ONE}&external%5Fid=${CHOSEN}`, { headers: form }), ["body"]],
  ["JSON that is torn", post(`{"accounts":["${ONE}"],"externalId":"${CHOSEN}"`), ["body"]],
  ["nesting beyond what is read", post(`${'{"a":'.repeat(20)}{"externalId":"${CHOSEN}"}${"}".repeat(20)}`), ["body"]],
  ["the query", post({ accounts: [ONE] }, { path: `${BASE}?externalId=${CHOSEN}` }), ["query"]],
  ["the query, encoded", post({ accounts: [ONE] }, { path: `${BASE}?a=1&external%2Did=${CHOSEN}` }), ["query"]],
  ["a header", post({ accounts: [ONE] }, { headers: { "X-External-Id": CHOSEN } }), ["header"]],
  ["a cookie", post({ accounts: [ONE] }, { headers: { cookie: `a=b; externalId=${CHOSEN}` } }), ["header"]],
  ["the path", { method: "POST", path: `${BASE}/externalid/${CHOSEN}` }, ["path"]],
  ["the path, as a parameter", { method: "POST", path: `${BASE};externalId=${CHOSEN}` }, ["path"]],
  ["the path, encoded", { method: "POST", path: `${BASE}/external%49d%2F${CHOSEN}` }, ["path"]],
  [
    "all four",
    {
      ...post({ external_id: CHOSEN }),
      path: `${BASE}/externalid/x?external-id=1`,
      headers: { "external-id": CHOSEN },
    },
    ["body", "header", "path", "query"],
  ],
])("an external ID is refused and reported, and nowhere repeated: %s", async (_, sent, places) => {
  for (const here of [handlerScene(), await servedScene()]) {
    const got = await here.send(sent);
    expect(got.body).toMatchObject({ type: "urn:deputywatch:problem:external-id-refused", status: 400 });
    expect(await here.world.desk.registrations.all()).toEqual([]);
    const [alert, ...others] = await here.alerts();
    expect([others, alert]).toMatchObject([[], { detector: "external-id-offered", tenant: "acme" }]);
    expect(alert!.evidence).toMatchObject({ places });
    expect(everythingSaid(here) + JSON.stringify(alert)).not.toContain(CHOSEN);
  }
});

test("the API's own words and what merely sounds alike are no external ID", async () => {
  const here = handlerScene();
  const roleArn = `arn:aws:iam::${ONE}:role/ExternalIdReader`;
  expect((await here.send(post({ accounts: [{ account: ONE, roleArn }] }))).status).toBe(201);
  expect(
    (await here.send({ method: "POST", path: `${BASE}/externalids/reveal`, body: { accounts: [ONE] } })).status,
  ).toBe(200);
  for (const headers of [{ "x-external-trace": "id" }, { "x-internal-id": "1" }, { "x-request-id": "external-id" }]) {
    expect((await here.send({ method: "GET", path: BASE, headers })).status).toBe(200);
  }
  expect(await here.alerts()).toEqual([]);
});

test("who asks too often is refused before what he offers is reported, so that nobody can flood the SOC", async () => {
  let left = 2;
  const take = () => Promise.resolve({ allowed: left-- > 0, retryAfterSeconds: 1 });
  const here = handlerScene(() => ({ rate: { take } }));
  const statuses = [];
  for (let time = 0; time < 5; time++) statuses.push((await here.send(post({ externalId: CHOSEN }))).status);
  expect(statuses).toEqual([400, 400, 429, 429, 429]);
  expect((await here.alerts()).length).toBe(1);
});

test("what was offered could not be reported: then it is not waved through", async () => {
  const here = handlerScene(({ desk }) => ({ desk: { ...desk, report: () => Promise.reject(new Error("full")) } }));
  expect((await here.send(post({ accounts: [ONE], externalId: CHOSEN }))).status).toBe(500);
  expect(await here.world.desk.registrations.all()).toEqual([]);
});
