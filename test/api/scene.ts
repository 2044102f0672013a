import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished } from "vitest";
import { memoryRate } from "../../src/stores/rate/memory.ts";
import { localDesk } from "../../examples/api/desk.ts";
import { serve } from "../../examples/api/server.ts";
import { onboardingFrom } from "../../handlers/onboarding.ts";
import type { Alert } from "../../src/alerts/alert.ts";
import type { Authorizer, HttpAnswer, HttpEvent } from "../../src/api/event.ts";
import { ALWAYS_REFUSED } from "../../src/api/openapi.ts";
import { PROBLEMS, typeOf, type ProblemName } from "../../src/api/problem.ts";
import type { OnboardingWorld } from "../../src/api/route.ts";
import { ROUTES } from "../../src/api/routes.ts";
import { problemReply } from "../../src/api/schema.ts";
import { DETECTORS } from "../../src/detectors/index.ts";
import { report } from "../../src/pipeline/report.ts";
import { settingsFrom } from "../../src/pipeline/settings.ts";
import { memoryStore } from "../../src/stores/memory.ts";
import { memoryOutbox } from "../../src/stores/outbox/memory.ts";
import type { Outbox } from "../../src/stores/outbox/outbox.ts";
import { memoryRegistrations } from "../../src/stores/registrations/memory.ts";
import { memoryVault } from "../../src/stores/vault/memory.ts";

export const NOW_MS = Date.parse("2026-11-25T12:00:00Z");
export const BASE = "/integrations/aws";
export const UUID = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/;

/** A request of a tenant's; `body` is sent as JSON unless it is text already. */
export interface Sent {
  readonly method: string;
  /** With the query. */
  readonly path: string;
  /** Null: no token. */
  readonly tenant?: string | null;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface Got {
  readonly status: number;
  readonly headers: ReadonlyMap<string, string>;
  readonly text: string;
  /** As the schema of the route has it, which `send` holds it against; empty where there is none. */
  readonly body: Told;
}

/** What any of the answers may have; which of it one has is for `conforms` and each test to say. */
export interface Told {
  readonly outcomes: readonly {
    readonly account: string;
    readonly outcome: string;
    readonly id: string;
    roleArn: string;
  }[];
  readonly integrations: readonly { readonly account: string }[];
  readonly next: string | null;
  readonly externalId: string;
  readonly externalIds: Readonly<Record<string, string>>;
  readonly type: string;
  readonly status: unknown;
  readonly errors: readonly { readonly pointer: string; readonly detail: string }[];
  readonly requestId: string;
}

/** A desk with somebody at its door, and all that was said there. */
export interface Scene {
  readonly world: OnboardingWorld;
  readonly send: (sent: Sent) => Promise<Got>;
  /** Lines of the audit log. */
  readonly said: string[];
  readonly answers: Got[];
  /** Alerts that wait to be told, the worst first. */
  readonly alerts: () => Promise<readonly Alert[]>;
  readonly clock: { nowMs: number };
}

/** A customer's role that does as it was asked: the trial finds it enforced, and that is kept. */
export function enforcing({ registrations, now }: OnboardingWorld["desk"]): OnboardingWorld["verify"] {
  return async ({ account }) => {
    const held = await registrations.of(account);
    if (held === null) throw new Error("nobody holds it");
    const next = { ...held.registration, status: "active" as const, verifiedMs: now() };
    expect(await registrations.replace([{ held, next }])).toEqual([true]);
    return { verdict: "enforced", why: null };
  };
}

const WEEK_MS = 7 * 86_400_000;
const NEVER_FULL = { burst: 1_000_000, perMinute: 60_000 };

/** A desk in memory, asked by events of API Gateway's. */
export function handlerScene(change: (world: OnboardingWorld) => Partial<OnboardingWorld> = () => ({})): Scene {
  const settings = settingsFrom(null, DETECTORS, new Uint8Array(32).fill(7));
  const clock = { nowMs: NOW_MS };
  const [store, outbox] = [memoryStore(), memoryOutbox()];
  const desk: OnboardingWorld["desk"] = {
    registrations: memoryRegistrations(),
    vault: memoryVault(),
    digester: settings.digester,
    rolePrefix: "vendor-integration",
    partition: "aws",
    closeFeed: () => Promise.resolve(),
    report: (incidents) => report(incidents, { settings, store, outbox }),
    now: () => clock.nowMs,
  };
  const plain = { desk, verify: enforcing(desk), rate: memoryRate(NEVER_FULL), overlapMs: WEEK_MS, claim: "tenant" };
  const world = { ...plain, ...change(plain) };
  const said: string[] = [];
  const handler = handlerOf(world, said);
  return sceneOf(world, outbox, clock, said, async (sent) => gotOf(await handler(eventOf(sent))));
}

/** A desk in a folder, asked over HTTP. */
export async function servedScene(change: (world: OnboardingWorld) => Partial<OnboardingWorld> = () => ({})) {
  const folder = await mkdtemp(join(tmpdir(), "api-"));
  const clock = { nowMs: NOW_MS };
  const local = await localDesk(folder);
  const desk = { ...local.desk, now: () => clock.nowMs };
  const plain = { desk, verify: enforcing(desk), rate: memoryRate(NEVER_FULL), overlapMs: WEEK_MS, claim: "tenant" };
  const world = { ...plain, ...change(plain) };
  const said: string[] = [];
  const serving = await serve(handlerOf(world, said), { host: "127.0.0.1", port: 0 });
  onTestFinished(async () => {
    await serving.close();
    await local.close();
    await rm(folder, { recursive: true });
  });
  const scene = sceneOf(world, local.outbox, clock, said, async ({ method, path, tenant = "acme", body, headers }) => {
    const answer = await fetch(`${serving.url}${path}`, {
      method,
      headers: {
        ...(tenant !== null && { authorization: `Bearer dev-${tenant}` }),
        ...(body !== undefined && { "content-type": "application/json" }),
        ...headers,
      },
      ...(body !== undefined && { body: typeof body === "string" ? body : JSON.stringify(body) }),
    });
    return gotFrom(answer.status, new Map(answer.headers), await answer.text());
  });
  return { ...scene, folder, url: serving.url };
}

function handlerOf(world: OnboardingWorld, said: string[]): (event: HttpEvent) => Promise<HttpAnswer> {
  return onboardingFrom(
    () => Promise.resolve(world),
    (line) => said.push(line),
  );
}

function sceneOf(
  world: OnboardingWorld,
  outbox: Outbox,
  clock: { nowMs: number },
  said: string[],
  ask: (sent: Sent) => Promise<Got>,
): Scene {
  const answers: Got[] = [];
  return {
    ...{ world, said, answers, clock },
    send: async (sent) => {
      const got = await ask(sent);
      conforms(sent, got);
      answers.push(got);
      return got;
    },
    alerts: async () => (await outbox.pending({ after: null, limit: 1000 })).entries.map(({ alert }) => alert),
  };
}

/** A request as API Gateway hands it over, with a token's claims. */
export function eventOf({ method, path, tenant = "acme", body, headers = {} }: Sent, more: Partial<HttpEvent> = {}) {
  const [rawPath = "", ...query] = path.split("?");
  const authorizer: Authorizer | null = tenant === null ? null : { jwt: { claims: { tenant }, scopes: null } };
  const text = body === undefined || typeof body === "string" ? body : JSON.stringify(body);
  return {
    rawPath,
    rawQueryString: query.join("?"),
    headers: { ...(body !== undefined && { "content-type": "application/json" }), ...headers },
    ...(text !== undefined && { body: text }),
    isBase64Encoded: false,
    requestContext: {
      ...{ requestId: "request-1", stage: "$default", http: { method } },
      ...(authorizer !== null && { authorizer }),
    },
    ...more,
  } satisfies HttpEvent;
}

export function gotOf({ statusCode, headers, body }: HttpAnswer): Got {
  return gotFrom(statusCode, new Map(Object.entries(headers)), body);
}

function gotFrom(status: number, headers: ReadonlyMap<string, string>, text: string): Got {
  return { status, headers, text, body: JSON.parse(text === "" ? "{}" : text) as Told };
}

/** Every answer is one that the API's description has, and bears what all of them bear. */
function conforms({ method, path }: Sent, { status, headers, text, body }: Got): void {
  expect(headers.get("cache-control")).toBe("no-store");
  expect(headers.get("x-content-type-options")).toBe("nosniff");
  if (method === "HEAD" || status === 204) {
    expect(text).toBe("");
    return;
  }
  const plain = path.split("?", 1)[0]!.replace(/\/int-[0-9a-f]{24}(?=\/|$)/, "/{id}");
  const route = ROUTES.find((one) => one.path === plain && one.method === method);
  if (status < 300) {
    expect(headers.get("content-type")).toBe("application/json");
    const schema = route?.replies[status]?.schema;
    expect(schema, `${method} ${plain} answers ${status}`).toBeDefined();
    expect(schema!.safeParse(body).error).toBeUndefined();
    return;
  }
  expect(headers.get("content-type")).toBe("application/problem+json");
  expect(problemReply.safeParse(body).error).toBeUndefined();
  expect(body.status).toBe(status);
  const known: readonly ProblemName[] = [
    ...ALWAYS_REFUSED,
    ...(route?.refusals ?? ["not-found", "method-not-allowed"]),
  ];
  expect(known.filter((name) => PROBLEMS[name].status === status).map(typeOf)).toContain(body.type);
}

/** Registers one account; answers its integration's id. */
export async function registered({ send }: Pick<Scene, "send">, account: string, tenant = "acme"): Promise<string> {
  const { status, body } = await send({ method: "POST", path: BASE, tenant, body: { accounts: [account] } });
  expect(status).toBe(201);
  return body.outcomes[0]!.id;
}

/** `account(7)` is `100000000007`. */
export function account(number: number): string {
  return String(100_000_000_000 + number);
}

/** All that a caller or a log reader ever got to see. */
export function everythingSaid({ answers, said }: Pick<Scene, "answers" | "said">): string {
  return [...answers.map(({ text, headers }) => `${text} ${[...headers].join(" ")}`), ...said].join("\n");
}
