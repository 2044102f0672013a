import type { APIGatewayProxyEventV2WithIAMAuthorizer, APIGatewayProxyEventV2WithJWTAuthorizer } from "aws-lambda";
import { expect, expectTypeOf, test } from "vitest";
import { answer } from "../../src/api/answer.ts";
import type { Authorizer, HttpEvent } from "../../src/api/event.ts";
import { BASE, eventOf, gotOf, handlerScene, registered, type Scene } from "./scene.ts";

const [ONE, TWO] = ["111122223333", "444455556666"];

/** Asks as whom the authorizer found. */
async function askAs(
  { world }: Scene,
  authorizer: unknown,
  { method = "GET", path = BASE, body }: { method?: string; path?: string; body?: unknown } = {},
) {
  const event = eventOf({ method, path, tenant: null, body, headers: { "x-tenant": "globex" } });
  const requestContext = { ...event.requestContext, authorizer: authorizer as Authorizer };
  return gotOf((await answer({ ...event, requestContext }, world)).answer);
}

const claims = (more: Record<string, unknown>) => ({ jwt: { claims: more, scopes: null } });

test("events of API Gateway are events as they are read here", () => {
  expectTypeOf<APIGatewayProxyEventV2WithJWTAuthorizer>().toExtend<HttpEvent>();
  expectTypeOf<APIGatewayProxyEventV2WithIAMAuthorizer>().toExtend<HttpEvent>();
});

test.each<[string, unknown]>([
  ["no authorizer", undefined],
  ["no claims", claims({})],
  ["a claim of another name", claims({ sub: "acme" })],
  ["an empty claim", claims({ tenant: "" })],
  ["a claim that is no text", claims({ tenant: ["acme"] })],
  ["a claim that is a number", claims({ tenant: 7 })],
  ["a name of 129 characters", claims({ tenant: "a".repeat(129) })],
  ["a name with a line break", claims({ tenant: "acme\n{}" })],
  ["a name that turns the line around", claims({ tenant: "acme\u202e" })],
  ["a name with a zero-width space", claims({ tenant: "ac\u200bme" })],
  ["another kind of authorizer", { lambda: { tenant: "acme" } }],
  ["a token that says nothing beside an account that would do", { ...claims({}), iam: { accountId: ONE } }],
])("with %s nobody is answered, and nothing is registered", async (_, authorizer) => {
  const here = handlerScene();
  await registered(here, ONE);
  await here.send({ method: "POST", path: `${BASE}/${here.world.desk.digester.integration(ONE)}/verify` });
  const request = { method: "POST", body: { accounts: [TWO] } };
  expect(await askAs(here, authorizer, request)).toMatchObject({ status: 401 });
  expect(await here.world.desk.registrations.of(TWO)).toBeNull();
});

test("the tenant is of the claim that is configured, whatever else the token or the request says", async () => {
  const here = handlerScene(() => ({ claim: "custom:org" }));
  const token = claims({ "custom:org": "initech", tenant: "globex", org: "globex" });
  await askAs(here, token, { method: "POST", body: { accounts: [ONE] } });
  expect((await here.world.desk.registrations.of(ONE))?.registration.tenant).toBe("initech");
});

test("a claim that every object has is nobody's name", async () => {
  for (const claim of ["constructor", "__proto__", "toString"]) {
    const here = handlerScene(() => ({ claim }));
    expect((await askAs(here, claims({ tenant: "acme" }))).status).toBe(401);
  }
});

test("an account that signed is the tenant whose verified integration it is, and no other", async () => {
  const here = handlerScene();
  const id = await registered(here, ONE);
  const asAccount = (accountId: unknown) => askAs(here, { iam: { accountId } });
  expect(await asAccount(ONE)).toMatchObject({ status: 403, body: { type: "urn:deputywatch:problem:not-a-customer" } });
  await here.send({ method: "POST", path: `${BASE}/${id}/verify` });
  expect(await asAccount(ONE)).toMatchObject({ status: 200, body: { integrations: [{ id }] } });
  for (const other of [TWO, "999988887777", "", `${ONE}0`, Number(ONE), undefined, null]) {
    expect((await asAccount(other)).status, String(other)).toBe(403);
  }
  await here.send({ method: "DELETE", path: `${BASE}/${id}` });
  expect((await asAccount(ONE)).status).toBe(403);
});

test("whoever claims an account that he cannot have verified does not make its owner work for him", async () => {
  const here = handlerScene();
  await registered(here, ONE, "mallory");
  const owner = await askAs(here, { iam: { accountId: ONE } }, { method: "POST", body: { accounts: [TWO] } });
  expect(owner.status).toBe(403);
  expect(await here.world.desk.registrations.of(TWO)).toBeNull();
});

test.each<[string, unknown, number, number]>([
  ["no scopes", claims({ tenant: "acme" }), 200, 201],
  ["both", claims({ tenant: "acme", scope: "integrations:read integrations:write" }), 200, 201],
  ["reading", claims({ tenant: "acme", scope: "openid integrations:read" }), 200, 403],
  ["writing", claims({ tenant: "acme", scp: "[integrations:write openid]" }), 403, 201],
  ["others", claims({ tenant: "acme", scope: "openid profile" }), 403, 403],
  ["an empty one", claims({ tenant: "acme", scope: "" }), 403, 403],
  ["one that begins alike", claims({ tenant: "acme", scope: "integrations:readers integrations:write2" }), 403, 403],
  ["those of the authorizer", { jwt: { claims: { tenant: "acme" }, scopes: ["integrations:read"] } }, 200, 403],
])("a token with scopes, if any, does what they allow: %s", async (_, authorizer, reads, writes) => {
  const here = handlerScene();
  const write = await askAs(here, authorizer, { method: "POST", body: { accounts: [ONE] } });
  const read = await askAs(here, authorizer);
  expect([read.status, write.status]).toEqual([reads, writes]);
  if (writes === 403) expect(write.headers.get("www-authenticate")).toContain('scope="integrations:write"');
});

test("a stage's name before the path is not part of it", async () => {
  const { world } = handlerScene();
  const event = eventOf({ method: "GET", path: `/prod${BASE}` });
  const staged = { ...event, requestContext: { ...event.requestContext, stage: "prod" } };
  expect(gotOf((await answer(staged, world)).answer).status).toBe(200);
  expect(gotOf((await answer(event, world)).answer).status).toBe(404);
});
