import { DateTime } from "luxon";
import { escapeJson } from "../alerts/escape.ts";
import { reasonOf } from "../pipeline/reason.ts";
import { bodyFrom, type Body } from "./body.ts";
import { pathOf, queryPairs, type HttpAnswer, type HttpEvent } from "./event.ts";
import { callerOf, refusalOf, type Caller } from "./identity.ts";
import { auditLine, type AuditEntry } from "./log.ts";
import { offeredIn } from "./offered-id.ts";
import { bodyOf, isRefusal, PROBLEMS, refuse, type Refusal, type Reply } from "./problem.ts";
import type { OnboardingWorld } from "./route.ts";
import { routesAt, type Found } from "./routes.ts";

/** An answer, and the line of the audit log that belongs to it. */
export interface Answered {
  readonly answer: HttpAnswer;
  readonly line: string;
}

/** What is known of a request while it is answered, for the log. */
interface Progress {
  caller: Caller | null;
  found: Found | null;
  accounts: number;
  failure?: string;
}

/** Answers a request. Never rejects: what fails is answered with 500 that says nothing, and told in the log. */
export async function answer(event: HttpEvent, world: OnboardingWorld): Promise<Answered> {
  const progress: Progress = { caller: null, found: null, accounts: 0 };
  const done = await reply(event, world, progress).catch((error: unknown) => {
    progress.failure = reasonOf(error);
    return refuse("internal");
  });
  const { requestId, http } = event.requestContext;
  const rendered = render(done, requestId);
  const { caller, found, accounts, failure } = progress;
  const entry: AuditEntry = {
    time: DateTime.fromMillis(world.desk.now(), { zone: "utc" }).toISO() ?? "",
    requestId,
    tenant: caller?.tenant ?? null,
    operation: found?.route.operation ?? null,
    integration: found?.id === "" ? null : (found?.id ?? null),
    accounts,
    status: rendered.statusCode,
    problem: isRefusal(done) ? done.problem : null,
    ...(failure !== undefined && { failure }),
  };
  return { answer: http.method === "HEAD" ? { ...rendered, body: "" } : rendered, line: auditLine(entry) };
}

/** Who asks is answered first, then what it costs him, then what he offers; only then what he asks for. */
async function reply(event: HttpEvent, world: OnboardingWorld, progress: Progress): Promise<Reply | Refusal> {
  const found = routeFor(event);
  if ("route" in found) progress.found = found;
  const { registrations } = world.desk;
  const caller = await callerOf(event.requestContext.authorizer, { registrations, claim: world.claim });
  if (isRefusal(caller)) return caller;
  progress.caller = caller;
  const tooMuch = await charge(caller, 1, world);
  if (tooMuch !== undefined) return tooMuch;

  const body = bodyFrom(event);
  if (isRefusal(body)) return body;
  const offered = await refuseOffered(event, body, caller, world);
  if (offered !== undefined) return offered;

  if (!("route" in found)) return found;
  const forbidden = refusalOf(caller, found.route.scope);
  if (forbidden !== undefined) return forbidden;
  if (body.kind === "text") return body.refusal;
  const query = queryOf(event);
  if (isRefusal(query)) return query;
  const ready = found.route.understand({ body: body.kind === "json" ? body.value : {}, query });
  if (isRefusal(ready)) return ready;
  progress.accounts = ready.accounts;
  const more = Math.ceil(ready.accounts / ACCOUNTS_FOR_ONE) - 1;
  return (more > 0 ? await charge(caller, more, world) : undefined) ?? ready.run(caller.tenant, found.id, world);
}

/** So many accounts in one request cost as much as one request. */
const ACCOUNTS_FOR_ONE = 100;

async function charge({ tenant }: Caller, cost: number, { rate, desk }: OnboardingWorld): Promise<Refusal | undefined> {
  const { allowed, retryAfterSeconds } = await rate.take(tenant, desk.now(), cost);
  if (allowed) return undefined;
  return refuse("too-many-requests", { headers: { "retry-after": String(Math.max(1, Math.ceil(retryAfterSeconds))) } });
}

async function refuseOffered(
  event: HttpEvent,
  body: Body,
  { tenant }: Caller,
  { desk }: OnboardingWorld,
): Promise<Refusal | undefined> {
  const places = offeredIn(event, body);
  if (places.length === 0) return undefined;
  const timeMs = desk.now();
  await desk.report([{ kind: "external-id-offered", timeMs, tenant, account: null, roleArn: null, facts: { places } }]);
  return refuse("external-id-refused", { detail: `leave it out of the ${places.join(" and the ")}` });
}

/** The route of the path and the method; a reply where the method asks about the path only. */
function routeFor(event: HttpEvent): Found | Reply | Refusal {
  const there = routesAt(pathOf(event));
  if (there.length === 0) return refuse("not-found");
  const { method } = event.requestContext.http;
  const methods = there.map(({ route }) => route.method);
  const allow = [...methods, ...(methods.includes("GET") ? ["HEAD"] : []), "OPTIONS"].join(", ");
  if (method === "OPTIONS") return { status: 204, headers: { allow } };
  const wanted = method === "HEAD" ? "GET" : method;
  const found = there.find(({ route }) => route.method === wanted);
  return found ?? refuse("method-not-allowed", { headers: { allow } });
}

/** The query as an object; a name that comes twice is refused, because readers disagree which of them counts. */
function queryOf(event: HttpEvent): Readonly<Record<string, string>> | Refusal {
  const pairs = queryPairs(event);
  if (new Set(pairs.map(([name]) => name)).size < pairs.length) {
    return refuse("invalid-request", { errors: [{ pointer: "", detail: "the query has a name twice" }] });
  }
  return Object.fromEntries(pairs);
}

/** @see https://cheatsheetseries.owasp.org/cheatsheets/REST_Security_Cheat_Sheet.html#security-headers */
const ALWAYS = {
  "cache-control": "no-store",
  "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
  "referrer-policy": "no-referrer",
  "strict-transport-security": "max-age=63072000",
  "x-content-type-options": "nosniff",
} as const;

function render(done: Reply | Refusal, requestId: string): HttpAnswer {
  const headers = { ...ALWAYS, ...done.headers };
  if (isRefusal(done)) {
    return {
      statusCode: PROBLEMS[done.problem].status,
      headers: { ...headers, "content-type": "application/problem+json" },
      body: escapeJson(JSON.stringify(bodyOf(done, requestId))),
    };
  }
  if (done.body === undefined) return { statusCode: done.status, headers, body: "" };
  return {
    statusCode: done.status,
    headers: { ...headers, "content-type": "application/json" },
    body: escapeJson(JSON.stringify(done.body)),
  };
}
