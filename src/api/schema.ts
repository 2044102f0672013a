import * as z from "zod";
import { durationMs } from "../config/duration.ts";
import { accountId, regionName, roleArn } from "../tenants/read.ts";
import { accountOf } from "../trail/arn.ts";
import { EXTERNAL_ID } from "../trail/external-id.ts";
import { PROBLEMS, typeOf, type ProblemName } from "./problem.ts";

/**
 * What is said over the API, in both directions. Every object is strict: a member that is not known is refused, and so
 * nothing is ever taken over by accident. The OpenAPI document is made of these.
 */

/** Ten thousand: a large customer's whole organisation. */
export const MOST_ACCOUNTS = 10_000;
export const LONGEST_OVERLAP = "30d";

/** How an account is called here: it does not tell the account, nor a tenant. */
export const integrationId = z.string().regex(/^int-[0-9a-f]{24}$/, "not an integration's id");

/** @see https://docs.aws.amazon.com/IAM/latest/APIReference/API_Role.html */
const LONGEST_ARN = 2048;
const LONGEST_REGION = 32;

const wanted = z
  .strictObject({
    account: accountId,
    roleArn: roleArn.max(LONGEST_ARN).optional(),
    region: regionName.max(LONGEST_REGION).optional(),
  })
  .refine((one) => one.roleArn === undefined || accountOf(one.roleArn) === one.account, {
    path: ["roleArn"],
    error: "the role is in another account",
  });

const accountsOnce = <T extends string | { readonly account: string }>(schema: z.ZodType<T>) =>
  z
    .array(schema)
    .min(1)
    .max(MOST_ACCOUNTS)
    .check(({ value, issues }) => {
      const seen = new Set<string>();
      for (const [at, one] of value.entries()) {
        const account = typeof one === "string" ? one : one.account;
        if (seen.has(account))
          issues.push({ code: "custom", input: null, path: [at], message: "the account is named twice" });
        seen.add(account);
      }
    });

export const registerRequest = z.strictObject({ accounts: accountsOnce(z.union([accountId, wanted])) });

const outcome = z.discriminatedUnion("outcome", [
  z.strictObject({ account: accountId, outcome: z.enum(["registered", "already"]), id: integrationId, roleArn }),
  z.strictObject({ account: accountId, outcome: z.literal("taken") }),
]);

const count = z.int().min(0);

export const registerReply = z.strictObject({
  registered: count,
  already: count,
  taken: count,
  outcomes: z.array(outcome),
});

/** ISO 8601 in UTC, or null: never, or nobody wrote it down. */
const moment = z.iso.datetime().nullable();

export const integration = z.strictObject({
  id: integrationId,
  account: accountId,
  roleArn,
  region: regionName.nullable(),
  status: z.enum(["onboarding", "active", "offboarded"]),
  since: moment,
  until: moment,
  /** When the role was last seen to let in its external ID and nothing else. */
  verified: moment,
  externalIdSince: moment,
  /** Whether the reveal call would show it: until it was seen in use. */
  externalIdRevealable: z.boolean(),
  /** While a rotation's overlap runs: until when the old ID is accepted beside the new one. */
  previousExternalIdUntil: moment,
});

export const MOST_LISTED = 1000;
export const USUALLY_LISTED = 100;

export const listQuery = z.strictObject({
  limit: z
    .string()
    .regex(/^[1-9]\d{0,2}$|^1000$/, `a number from 1 to ${MOST_LISTED}`)
    .optional(),
  cursor: integrationId.optional(),
});

export const listReply = z.strictObject({ integrations: z.array(integration), next: integrationId.nullable() });

/** Those made here are UUIDs; one that was there before may be anything that AWS takes. */
const externalId = z.string().regex(EXTERNAL_ID);

export const revealReply = z.strictObject({ account: accountId, externalId });

export const revealManyRequest = z.strictObject({ accounts: accountsOnce(accountId) });

export const revealManyReply = z.strictObject({
  externalIds: z.record(accountId, externalId),
  /** Accounts whose ID is not shown, and why. */
  refused: z.record(accountId, z.enum(["not found", "in use", "off-boarded", "not in the vault"])),
});

const overlap = z.string().refine((text) => (durationMs(text) ?? Infinity) <= (durationMs(LONGEST_OVERLAP) ?? 0), {
  error: `not a duration such as 7d or 36h, of at most ${LONGEST_OVERLAP}`,
});

export const regenerateRequest = z
  .strictObject({ overlap: overlap.optional(), emergency: z.literal(true).optional() })
  .refine(({ overlap, emergency }) => overlap === undefined || emergency === undefined, {
    path: ["overlap"],
    error: "in an emergency the old external ID ends at once: there is no overlap",
  });

export const verifyReply = z.strictObject({
  verdict: z.enum(["enforced", "lets-in-without-id", "lets-in-with-wrong-id", "refuses", "unclear"]),
  why: z.string().nullable(),
  integration,
});

/** What no request says anything in. */
export const nothing = z.strictObject({});

export const problemReply = z.strictObject({
  type: z.enum((Object.keys(PROBLEMS) as ProblemName[]).map(typeOf)),
  title: z.string(),
  status: z.int(),
  detail: z.string().optional(),
  errors: z.array(z.strictObject({ pointer: z.string(), detail: z.string() })).optional(),
  requestId: z.string(),
});

/** By the names that the OpenAPI document gives them. */
export const SCHEMAS = {
  RegisterRequest: registerRequest,
  RegisterReply: registerReply,
  Integration: integration,
  ListReply: listReply,
  RevealReply: revealReply,
  RevealManyRequest: revealManyRequest,
  RevealManyReply: revealManyReply,
  RegenerateRequest: regenerateRequest,
  VerifyReply: verifyReply,
  Problem: problemReply,
} as const;
