import { expect, test } from "vitest";
import { answer } from "../../src/api/answer.ts";
import { memoryRate } from "../../src/stores/rate/memory.ts";
import {
  account,
  BASE,
  eventOf,
  everythingSaid,
  gotOf,
  handlerScene,
  registered,
  servedScene,
  type Told,
} from "./scene.ts";

const [ONE, TWO] = ["111122223333", "444455556666"];
const SECRET = "7c9e6679-7425-40de-944b-e07fc1f90ae7";

const faults = (body: Told) => body.errors.map(({ pointer, detail }) => `${pointer} ${detail}`);

test.each<[string, unknown, readonly string[]]>([
  ["nothing", {}, ["/accounts Invalid input: expected array, received undefined"]],
  ["no accounts", { accounts: [] }, ["/accounts Too small: expected array to have >=1 items"]],
  ["eleven digits", { accounts: ["11112222333"] }, ["/accounts/0 an account number has twelve digits"]],
  ["a number", { accounts: [111122223333] }, ["/accounts/0 neither an account number nor an object with one"]],
  ["digits of another script", { accounts: ["١١١١٢٢٢٢٣٣٣٣"] }, ["/accounts/0 an account number has twelve digits"]],
  ["a line break after the digits", { accounts: [`${ONE}\n`] }, ["/accounts/0 an account number has twelve digits"]],
  ["one account twice", { accounts: [ONE, TWO, { account: ONE }] }, ["/accounts/2 the account is named twice"]],
  [
    "a role in another account",
    { accounts: [{ account: ONE, roleArn: `arn:aws:iam::${TWO}:role/Vendor` }] },
    ["/accounts/0/roleArn the role is in another account"],
  ],
  [
    "a region that is none",
    { accounts: [{ account: ONE, region: "mars" }] },
    ["/accounts/0/region not a region, such as eu-west-1"],
  ],
  ["a tenant", { accounts: [ONE], tenant: "globex" }, [" has a member that is not known here"]],
  ["a status", { accounts: [{ account: ONE, status: "active" }] }, ["/accounts/0 has a member that is not known here"]],
  ["a list", [ONE], [" Invalid input: expected object, received array"]],
  ["text that is not JSON", "{", [" not JSON"]],
  ["JSON nine levels deep", { accounts: [[[[[[[[ONE]]]]]]]] }, [" nested deeper than 8 levels"]],
  ["a prototype", `{"accounts":["${ONE}"],"__proto__":{"tenant":"globex"}}`, [" has a member that is not known here"]],
  ["a secret for a member's name", { accounts: [ONE], [SECRET]: 1 }, [" has a member that is not known here"]],
])("a request to register that has %s is refused with where and why", async (_, body, expected) => {
  const here = handlerScene();
  const got = await here.send({ method: "POST", path: BASE, body });
  expect([got.status, got.body.type]).toEqual([400, "urn:deputywatch:problem:invalid-request"]);
  expect(faults(got.body)).toEqual(expected);
  expect(await here.world.desk.registrations.all()).toEqual([]);
  expect(everythingSaid(here)).not.toContain(SECRET);
});

test.each<[string, unknown, string]>([
  ["an overlap of two months", { overlap: "60d" }, "/overlap not a duration such as 7d or 36h, of at most 30d"],
  ["an overlap of nothing", { overlap: "0d" }, "/overlap not a duration such as 7d or 36h, of at most 30d"],
  [
    "both",
    { overlap: "7d", emergency: true },
    "/overlap in an emergency the old external ID ends at once: there is no overlap",
  ],
  ["no emergency", { emergency: false }, "/emergency Invalid input: expected true"],
])("a rotation with %s is refused, and the external ID stays", async (_, body, expected) => {
  const { send, world } = handlerScene();
  const id = await registered({ send }, ONE);
  const before = await world.desk.registrations.of(ONE);
  const got = await send({ method: "POST", path: `${BASE}/${id}/externalid/regenerate`, body });
  expect(faults(got.body)).toEqual([expected]);
  expect(await world.desk.registrations.of(ONE)).toEqual(before);
});

test.each(["limit=0", "limit=1001", "limit=1e3", "cursor=abc", "limit=5&limit=6", "tenant=globex", "page=2"])(
  "a list asked for with ?%s is refused",
  async (query) => {
    const { send } = handlerScene();
    expect(await send({ method: "GET", path: `${BASE}?${query}` })).toMatchObject({ status: 400 });
  },
);

test("bodies come as JSON, in UTF-8, not compressed, within a megabyte, in base64 or not", async () => {
  const { send, world } = handlerScene();
  const post = (body: string, headers = {}) => send({ method: "POST", path: BASE, body, headers });
  const accounts = JSON.stringify({ accounts: [ONE] });
  for (const type of [
    "text/plain",
    "application/x-www-form-urlencoded",
    "application/json; charset=utf-16",
    "",
    "application/jsonp",
  ]) {
    expect((await post(accounts, { "content-type": type })).status, type).toBe(415);
  }
  expect((await post(accounts, { "content-encoding": "gzip" })).status).toBe(415);
  expect((await post(`{"accounts":["${" ".repeat(1_000_000)}"]}`)).status).toBe(413);
  expect((await post(accounts, { "content-type": "Application/JSON; charset=UTF-8" })).status).toBe(201);

  const inBase64 = async (bytes: Buffer) => {
    const event = eventOf({ method: "POST", path: BASE, body: bytes.toString("base64") }, { isBase64Encoded: true });
    return gotOf((await answer(event, world)).answer);
  };
  expect(await inBase64(Buffer.from(accounts))).toMatchObject({ status: 200, body: { already: 1 } });
  expect(await inBase64(Buffer.from([0x22, 0xff, 0x22]))).toMatchObject({
    body: { errors: [{ detail: "not UTF-8" }] },
  });
  expect(await inBase64(Buffer.alloc(1_000_003, " "))).toMatchObject({ status: 413 });
});

test.each([
  ["%2e%2e", `${BASE}/%2e%2e/aws`],
  ["an id in capitals", `${BASE}/INT-0123456789ABCDEF01234567`],
  ["an id with an encoded digit", `${BASE}/int-%30123456789abcdef01234567`],
  ["an id in full-width letters", `${BASE}/ｉｎｔ-0123456789abcdef01234567`],
  ["two slashes", `/${BASE}`],
  ["the default stage's name", `/$default${BASE}`],
  ["a NUL", `${BASE}/int-0123456789abcdef01234567%00`],
  ["a line break", `${BASE}/int-0123456789abcdef01234567\n`],
  ["another host", `http://203.0.113.9${BASE}`],
  ["a semicolon", `${BASE};a=b`],
  ["a torn escape", `${BASE}/%`],
  ["a prototype", `${BASE}/__proto__`],
  ["a script", `${BASE}/<script>alert(1)</script>`],
])("a path with %s leads nowhere, and is not repeated", async (_, path) => {
  const here = handlerScene();
  const got = await here.send({ method: "GET", path });
  expect([got.status, got.text]).toEqual([404, expect.not.stringContaining("script>") as string]);
  expect(JSON.parse(here.said[0]!)).toMatchObject({ operation: null, integration: null, status: 404 });
  expect(here.said[0]).not.toContain("script");
});

test("hostile paths over a real socket are answered with a problem, too", async () => {
  const { send } = await servedScene();
  for (const path of [`${BASE}/%2e%2e%2fadmin`, `${BASE}/%00`, `${BASE}/%F0%9F%92%A9`, `/%2e%2e/%2e%2e/etc/passwd`]) {
    expect((await send({ method: "GET", path })).status, path).toBe(404);
  }
});

test("a tenant that asks too often is told when to come back, and no other tenant is kept waiting", async () => {
  const { send, clock } = handlerScene(() => ({ rate: memoryRate({ burst: 3, perMinute: 30 }) }));
  const list = (tenant: string) => send({ method: "GET", path: BASE, tenant });
  const statuses = [];
  for (let time = 0; time < 4; time++) statuses.push((await list("acme")).status);
  expect(statuses).toEqual([200, 200, 200, 429]);
  expect((await list("acme")).headers.get("retry-after")).toBe("2");
  expect((await list("globex")).status).toBe(200);
  clock.nowMs += 2000;
  expect((await list("acme")).status).toBe(200);
});

test("a bulk request costs what its accounts cost, before any of them is registered", async () => {
  const { send, world } = handlerScene(() => ({ rate: memoryRate({ burst: 10, perMinute: 60 }) }));
  const accounts = (count: number, from = 0) => Array.from({ length: count }, (_, at) => account(from + at));
  const post = (list: readonly string[]) => send({ method: "POST", path: BASE, body: { accounts: list } });
  expect((await post(accounts(800))).status).toBe(201);
  const tooMuch = await post(accounts(300, 800));
  expect([tooMuch.status, tooMuch.headers.get("retry-after")]).toEqual([429, "1"]);
  expect((await world.desk.registrations.all()).length).toBe(800);
});

test("what fails inside is answered with nothing of it, and told in the log without any ID", async () => {
  const here = handlerScene(() => ({
    verify: () =>
      Promise.reject(new Error(`Value '${SECRET}' at 'externalId'`, { cause: new Error("10.0.0.7\u001b[2J") })),
  }));
  const id = await registered(here, ONE);
  const got = await here.send({ method: "POST", path: `${BASE}/${id}/verify` });
  expect(got.body).toEqual({
    ...{
      type: "urn:deputywatch:problem:internal",
      title: "Something failed here",
      status: 500,
      requestId: "request-1",
    },
  });
  const line = here.said.at(-1)!;
  expect(JSON.parse(line)).toMatchObject({
    failure: "Value '(an id)' at 'externalId' (10.0.0.7\u001b[2J)",
    status: 500,
  });
  expect(line).not.toContain("\u001b");
});

test("what a trial says of a role cannot act in a terminal, nor quote an ID", async () => {
  const here = handlerScene(() => ({
    verify: () => Promise.resolve({ verdict: "unclear", why: `\u001b]0;x\u0007 ${SECRET} \u202e` }),
  }));
  const id = await registered(here, ONE);
  const got = await here.send({ method: "POST", path: `${BASE}/${id}/verify` });
  expect(got.body).toMatchObject({ verdict: "unclear", why: "\\u{1b}]0;x\\u{7} (an id) \\u{202e}" });
});
