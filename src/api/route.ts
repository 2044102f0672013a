import type * as z from "zod";
import type { Desk } from "../pipeline/tenancy/desk.ts";
import type { Rate } from "../stores/rate/rate.ts";
import type { Registration } from "../tenants/tenant.ts";
import { faultsOf } from "./faults.ts";
import type { Scope } from "./identity.ts";
import type { ProblemName, Refusal, Reply } from "./problem.ts";

/** What a trial of a customer's role came to. */
export interface Verified {
  readonly verdict: "enforced" | "lets-in-without-id" | "lets-in-with-wrong-id" | "refuses" | "unclear";
  /** Null where the verdict says it all. */
  readonly why: string | null;
}

/** The world of the API. */
export interface OnboardingWorld {
  readonly desk: Desk;
  /**
   * Tries the customer's role, and keeps in its registration what was seen. Answers within 25 seconds, `unclear` if need be:
   * API Gateway waits for 30.
   * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-quotas.html
   */
  readonly verify: (registration: Registration) => Promise<Verified>;
  /** How often each tenant may ask. */
  readonly rate: Pick<Rate, "take">;
  /** How long a rotation overlaps where the caller does not say. */
  readonly overlapMs: number;
  /** The claim of a token that names the tenant. */
  readonly claim: string;
}

/** A request as its route sees it: of this tenant, about this integration, with what its schemas made of the rest. */
export interface Asked<Body, Query> {
  readonly tenant: string;
  /** Of the path; empty where it has none. */
  readonly id: string;
  readonly body: Body;
  readonly query: Query;
}

/** One thing that the API does. */
export interface RouteOf<Body, Query> {
  readonly method: "GET" | "POST" | "DELETE";
  readonly path: string;
  /** OpenAPI's operationId, and the name in the audit log. */
  readonly operation: string;
  readonly summary: string;
  readonly scope: Scope;
  readonly body: z.ZodType<Body>;
  readonly query: z.ZodType<Query>;
  /** What it answers with, by status. */
  readonly replies: Readonly<Record<number, { readonly description: string; readonly schema: z.ZodType }>>;
  /** What it may refuse for, beside what all routes refuse for. */
  readonly refusals: readonly ProblemName[];
  /** How many accounts it is about. */
  readonly accounts: (body: Body) => number;
  readonly run: (asked: Asked<Body, Query>, world: OnboardingWorld) => Promise<Reply | Refusal>;
}

/** A request that was understood, and is ready to be done. */
export interface Ready {
  readonly accounts: number;
  readonly run: (tenant: string, id: string, world: OnboardingWorld) => Promise<Reply | Refusal>;
}

/** A route for a table of them: its types are inside. */
export interface Route extends Omit<RouteOf<never, never>, "accounts" | "run" | "body" | "query"> {
  readonly body: z.ZodType;
  readonly query: z.ZodType;
  readonly understand: (sent: { readonly body: unknown; readonly query: unknown }) => Ready | Refusal;
}

export function route<Body, Query>(of: RouteOf<Body, Query>): Route {
  const { accounts, run, ...told } = of;
  return {
    ...told,
    understand: (sent) => {
      const body = of.body.safeParse(sent.body);
      if (!body.success) return faultsOf(body.error);
      const query = of.query.safeParse(sent.query);
      if (!query.success) return faultsOf(query.error);
      return {
        accounts: accounts(body.data),
        run: (tenant, id, world) => run({ tenant, id, body: body.data, query: query.data }, world),
      };
    },
  };
}
