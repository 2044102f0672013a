import fc from "fast-check";
import { expect, test } from "vitest";
import { answer } from "../../src/api/answer.ts";
import type { HttpEvent } from "../../src/api/event.ts";
import { problemReply } from "../../src/api/schema.ts";
import { account, BASE, gotOf, handlerScene, registered } from "./scene.ts";

const piece = fc.oneof(
  fc.constantFrom("integrations", "aws", "externalid", "externalids", "reveal", "regenerate", "verify", "..", ".", ""),
  fc.constantFrom(
    "%2e%2e",
    "%2f",
    "%00",
    "int-0123456789abcdef01234567",
    "ID",
    "\u0000",
    "ａｗｓ",
    "aws;x",
    "__proto__",
  ),
  fc.string({ unit: "binary", maxLength: 8 }),
);
const path = fc.oneof(
  fc.array(piece, { maxLength: 6 }).map((pieces) => `/${pieces.join("/")}`),
  fc.constantFrom(
    BASE,
    `${BASE}/ID`,
    `${BASE}/ID/verify`,
    `${BASE}/ID/externalid/regenerate`,
    `${BASE}/externalids/reveal`,
  ),
);
const accounts = fc.constantFrom<unknown>(
  [account(1)],
  [account(1), account(2)],
  [{ account: account(3) }],
  [],
  "x",
  null,
);
const body = fc.oneof(
  fc.constant(undefined),
  fc.json({ maxDepth: 12 }),
  fc.string({ unit: "binary" }),
  fc
    .record({ accounts, more: fc.oneof({ weight: 4, arbitrary: fc.constant(undefined) }, fc.jsonValue()) })
    .map((value) => JSON.stringify(value)),
  fc
    .record({ overlap: fc.constantFrom("1d", "99d", "", 7), emergency: fc.boolean() })
    .map((value) => JSON.stringify(value)),
);
const headers = fc.dictionary(
  fc.oneof(fc.constantFrom("content-type", "Content-Type", "content-encoding", "cookie"), fc.string({ maxLength: 12 })),
  fc.oneof(fc.constantFrom("application/json", "text/plain", "gzip", "a=b; c"), fc.string({ unit: "binary" })),
  { maxKeys: 4 },
);
const authorizer = fc.oneof(
  { weight: 6, arbitrary: fc.constant({ jwt: { claims: { tenant: "acme" }, scopes: null } }) },
  fc.constant({ jwt: { claims: { tenant: "acme", scope: "integrations:read" }, scopes: null } }),
  fc.record({ jwt: fc.record({ claims: fc.dictionary(fc.constantFrom("tenant", "scope", "scp"), fc.jsonValue()) }) }),
  fc.record({ iam: fc.record({ accountId: fc.oneof(fc.constant(account(1)), fc.jsonValue()) }) }),
);

const method = fc.oneof(
  fc.constantFrom("GET", "POST", "DELETE", "HEAD", "OPTIONS", "PUT"),
  fc.string({ maxLength: 5 }),
);
const query = fc.oneof(fc.constantFrom("limit=2", "cursor=x"), fc.string());
const call = fc.tuple(method, path, body);
/** Calls that do something where nothing else is wrong. */
const sound = fc.constantFrom<[string, string, string | undefined]>(
  ...[1, 2, 3, 4].map((at): [string, string, string] => ["POST", BASE, JSON.stringify({ accounts: [account(at)] })]),
  ["GET", `${BASE}/ID`, undefined],
  ["POST", `${BASE}/ID/externalid/reveal`, undefined],
  ["POST", `${BASE}/ID/externalid/regenerate`, undefined],
  ["DELETE", `${BASE}/ID`, undefined],
  ["OPTIONS", BASE, undefined],
  ["PUT", BASE, undefined],
);

test("whatever is asked, by whomever, is answered, and never by a failure", async () => {
  const here = handlerScene();
  const id = await registered(here, account(0));
  const seen = new Map<number, number>();
  const asked = fc.record({
    ...{ call: fc.oneof(call, sound), query: fc.oneof({ weight: 4, arbitrary: fc.constant("") }, query), headers },
    ...{ json: fc.oneof(fc.boolean(), fc.constant(true)), isBase64Encoded: fc.boolean(), authorizer },
  });
  await fc.assert(
    fc.asyncProperty(asked, async ({ call: [method, path, body], json, isBase64Encoded, ...sent }) => {
      const event: HttpEvent = {
        rawPath: path.replace("ID", id),
        rawQueryString: sent.query,
        headers: { ...sent.headers, ...(json && { "content-type": "application/json" }) },
        ...(body !== undefined && { body: isBase64Encoded ? Buffer.from(body).toString("base64") : body }),
        isBase64Encoded,
        requestContext: {
          ...{ requestId: "request-1", stage: "$default", http: { method } },
          authorizer: sent.authorizer,
        },
      };
      const { answer: answered, line } = await answer(event, here.world);
      const { status, text, body: told } = gotOf(answered);
      expect(status).toBeLessThan(500);
      if (status >= 400 && text !== "") expect(problemReply.safeParse(told).error).toBeUndefined();
      expect(JSON.parse(line)).toMatchObject({ audit: "onboarding", status });
      expect(line).not.toMatch(/[\n\r\u001b]/);
      seen.set(status, (seen.get(status) ?? 0) + 1);
    }),
    { numRuns: 3000 },
  );
  // What is drawn gets everywhere: a fuzzer that is always turned away at the door finds nothing.
  for (const status of [200, 201, 202, 204, 400, 401, 403, 404, 405, 409, 415]) {
    expect(seen.get(status) ?? 0, String(status)).toBeGreaterThan(0);
  }
});
