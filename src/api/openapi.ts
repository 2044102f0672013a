import * as z from "zod";
import { VERSION } from "../alerts/product.ts";
import { PROBLEMS, typeOf, type ProblemName } from "./problem.ts";
import type { Route } from "./route.ts";
import { ROUTES } from "./routes.ts";
import { nothing, SCHEMAS } from "./schema.ts";

type Json = Readonly<Record<string, unknown>>;

/** What any route may refuse for. */
export const ALWAYS_REFUSED: readonly ProblemName[] = [
  ...(["invalid-request", "external-id-refused", "unauthenticated", "not-a-customer", "scope-missing"] as const),
  ...(["too-large", "unsupported-media-type", "too-many-requests", "internal"] as const),
];

/**
 * The API's description, made of the one table of routes and of the schemas that requests are held against: it cannot say
 * anything else than what is done.
 * @see https://spec.openapis.org/oas/v3.1.1.html
 */
export function openApi(): Json {
  const paths: Record<string, Record<string, unknown>> = {};
  for (const route of ROUTES) {
    const { path } = route;
    const parameters = path.includes("{id}") ? { parameters: [ID] } : {};
    paths[path] = { ...parameters, ...paths[path], [route.method.toLowerCase()]: operationOf(route) };
  }
  return {
    openapi: "3.1.1",
    info: {
      title: "deputywatch onboarding",
      version: VERSION,
      description:
        "Customers register the AWS accounts that the vendor is to enter. External IDs are made by the vendor, one an " +
        "account, and shown by the reveal calls alone; one that is sent is refused and reported.",
      license: { name: "Apache-2.0", identifier: "Apache-2.0" },
    },
    security: [{ token: [] }, { iam: [] }],
    paths,
    components: { schemas: schemas(), securitySchemes: SECURITY },
  };
}

const SECURITY = {
  token: {
    type: "http",
    scheme: "bearer",
    bearerFormat: "JWT",
    description: "A claim of the token names the tenant; scopes are integrations:read and integrations:write",
  },
  iam: {
    type: "apiKey",
    name: "Authorization",
    in: "header",
    description: "AWS Signature Version 4, by an account with a verified integration",
  },
} as const;

const ID = {
  name: "id",
  in: "path",
  required: true,
  description: "What the integration is called here",
  schema: { type: "string", pattern: "^int-[0-9a-f]{24}$" },
} as const;

/** All named schemas, referring to each other. */
function schemas(): Json {
  const registry = z.registry<{ id: string }>();
  for (const [id, schema] of Object.entries(SCHEMAS)) registry.add(schema, { id });
  const made = z.toJSONSchema(registry, { uri: (id) => `#/components/schemas/${id}`, io: "input" });
  return Object.fromEntries(Object.entries(made.schemas).map(([id, schema]) => [id, plain(schema)]));
}

/** A schema within a document is in the document's dialect, and has its place for a name. */
function plain(schema: Json): Json {
  return Object.fromEntries(Object.entries(schema).filter(([name]) => name !== "$schema" && name !== "$id"));
}

function referenceTo(schema: z.ZodType): Json {
  const name = Object.entries(SCHEMAS).find(([, known]) => known === schema)?.[0];
  if (name === undefined) throw new Error("a route has a schema that is not named in schema.ts");
  return { $ref: `#/components/schemas/${name}` };
}

function operationOf({ operation, summary, scope, body, query, replies, refusals }: Route): Json {
  const parameters = parametersOf(query);
  return {
    ...{ operationId: operation, summary, "x-scope": scope },
    ...(parameters.length > 0 && { parameters }),
    ...(body !== nothing && { requestBody: bodyOf(body) }),
    responses: { ...successes(replies), ...failures([...ALWAYS_REFUSED, ...refusals]) },
  };
}

function bodyOf(body: z.ZodType): Json {
  return { required: !body.safeParse({}).success, content: contentOf("application/json", body) };
}

function parametersOf(query: z.ZodType): readonly Json[] {
  const { properties = {}, required = [] } = z.toJSONSchema(query, { io: "input" });
  return Object.entries(properties).map(([name, schema]) => ({
    ...{ name, in: "query", required: required.includes(name), schema },
  }));
}

function contentOf(type: string, schema: z.ZodType): Json {
  return { [type]: { schema: referenceTo(schema) } };
}

function successes(replies: Route["replies"]): Json {
  const told = Object.entries(replies).map(([status, { description, schema }]) => [
    status,
    { description, content: contentOf("application/json", schema) },
  ]);
  return Object.fromEntries(told) as Json;
}

/** Refusals by status, with all the types that one may have. */
function failures(names: readonly ProblemName[]): Json {
  const byStatus = Map.groupBy(names, (name) => PROBLEMS[name].status);
  const told = [...byStatus].map(([status, these]) => [
    status,
    {
      description: these.map((name) => `${PROBLEMS[name].title} (${typeOf(name)})`).join("; "),
      ...(status === 429 && { headers: { "Retry-After": { description: "Seconds", schema: { type: "integer" } } } }),
      content: contentOf("application/problem+json", SCHEMAS.Problem),
    },
  ]);
  return Object.fromEntries(told) as Json;
}
