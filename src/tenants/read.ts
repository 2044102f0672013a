import { DateTime } from "luxon";
import { LineCounter, isSeq, parseDocument } from "yaml";
import * as z from "zod";
import { accountOf } from "../trail/arn.ts";
import { EXTERNAL_ID_DIGEST } from "../trail/external-id.ts";
import type { Registration } from "./tenant.ts";

/** One role an NDJSON line, or a list of roles in YAML or JSON, which may stand under the key `tenants`. */
export type TenantsFormat = "ndjson" | "yaml" | "json";

/** A list of tenants as far as it could be read. */
export interface TenantsReading {
  readonly roles: readonly Registration[];
  /** `where` is `name:line` or `name[index]`; no reason ever quotes a value, which may be a secret in the wrong place. */
  readonly rejects: readonly TenantReject[];
}

export interface TenantReject {
  readonly where: string;
  readonly reason: string;
}

/**
 * Reads the tenants' registry. Never throws: what cannot be read is a reject with a reason, and `roles` then lacks it.
 * Unknown fields are ignored, for what the vendor keeps beside. `name` is the file's, for `where`.
 */
export function readTenants(
  text: string,
  { name, format }: { readonly name: string; readonly format: TenantsFormat },
): TenantsReading {
  const entries = ENTRIES[format](text.replace(/^\uFEFF/, ""), name);
  const roles: Registration[] = [];
  const rejects: TenantReject[] = [];
  for (const entry of entries) {
    const { role, reason } = "value" in entry ? readRole(entry.value) : entry;
    if (role === undefined) rejects.push({ where: entry.where, reason });
    else roles.push(role);
  }
  return { roles, rejects };
}

/** What the vendor calls a customer. */
export const tenantName = z
  .string()
  .regex(/^\S(?:.{0,126}\S)?$/, "a tenant's name has 1 to 128 characters, and no space around them");

/** `111122223333`, text and twelve digits: as a number it would lose its leading zeros. */
export const accountId = z
  .string({ error: ({ input }) => (typeof input === "number" ? UNQUOTED : undefined) })
  .regex(/^\d{12}$/, "an account number has twelve digits");

const UNQUOTED = "an account number is text: put it in quotes, or it loses its leading zeros";

/** A role's IAM ARN, in any partition. @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference-arns.html */
export const roleArn = z
  .string()
  .regex(
    /^arn:aws[a-z-]*:iam::\d{12}:role\/[\w+=,.@/-]+$/,
    "not a role's ARN, such as arn:aws:iam::111122223333:role/Name",
  );

/** A topic's ARN, in any partition. */
export const topicArn = z
  .string()
  .regex(/^arn:aws[a-z-]*:sns:[a-z0-9-]+:\d{12}:[\w-]+(?:\.fifo)?$/, "not an SNS topic's ARN");

/** `us-east-1`, `us-gov-west-1`. */
export const regionName = z.string().regex(/^[a-z]{2,}(?:-[a-z]+)+-\d+$/, "not a region, such as eu-west-1");

const digest = z
  .string()
  .regex(
    EXTERNAL_ID_DIGEST,
    "not a digest: `external-id digest` turns an external ID into hmac-sha256:<64 hex digits>",
  );

const MOMENT = /^\d{4}-\d{2}-\d{2}(?:T\d{2}:\d{2}(?::\d{2}(?:\.\d{1,3})?)?(?:Z|[+-]\d{2}:\d{2}))?$/;

/**
 * Epoch milliseconds of an ISO 8601 date (midnight UTC) or of a date and time with its zone; null for anything else,
 * February 30 and 24:00 among it: written back, the moment must read as it was written.
 */
export function momentMs(text: string): number | null {
  if (!MOMENT.test(text)) return null;
  const moment = DateTime.fromISO(text, { zone: "utc", setZone: true });
  return moment.isValid && moment.toISO().startsWith(text.slice(0, 16)) ? moment.toMillis() : null;
}

const moment = z.string().transform((text, context) => {
  const ms = momentMs(text);
  if (ms === null)
    context.addIssue({ code: "custom", message: "not a date such as 2026-01-31 or 2026-01-31T00:00:00Z" });
  return ms ?? z.NEVER;
});

const line = z
  .object({
    tenant: tenantName,
    account: accountId,
    roleArn,
    externalId: digest.nullish(),
    previousExternalId: digest.nullish(),
    previousUntil: moment.nullish(),
    region: regionName.nullish(),
    status: z.enum(["onboarding", "active", "offboarded"]),
    since: moment.nullish(),
    until: moment.nullish(),
    feedTopicArn: topicArn.nullish(),
    forwardsTrail: z.boolean().nullish(),
    retired: z.array(z.object({ externalId: digest, until: moment })).nullish(),
    externalIdSince: moment.nullish(),
    verified: moment.nullish(),
  })
  .refine((role) => accountOf(role.roleArn) === role.account, {
    path: ["roleArn"],
    error: "the role is in another account",
  })
  .refine((role) => typeof role.previousExternalId !== "string" || typeof role.previousUntil === "number", {
    path: ["previousUntil"],
    error: "a previous external ID needs the date until which it is accepted",
  })
  .refine((role) => (role.since ?? -Infinity) < (role.until ?? Infinity), {
    path: ["until"],
    error: "not after since",
  });

type RoleReading =
  { readonly role: Registration; readonly reason?: undefined } | { readonly reason: string; readonly role?: undefined };

function readRole(value: unknown): RoleReading {
  const parsed = line.safeParse(value);
  if (!parsed.success) {
    return {
      reason: parsed.error.issues
        .map(({ path, message }) => [path.join("."), message].filter(Boolean).join(": "))
        .join("; "),
    };
  }
  const { since, until, previousUntil, retired, ...role } = parsed.data;
  return {
    role: {
      tenant: role.tenant,
      account: role.account,
      roleArn: role.roleArn,
      externalId: role.externalId ?? null,
      previousExternalId: role.previousExternalId ?? null,
      previousUntilMs: previousUntil ?? null,
      region: role.region ?? null,
      status: role.status,
      sinceMs: since ?? null,
      untilMs: until ?? null,
      feedTopicArn: role.feedTopicArn ?? null,
      forwardsTrail: role.forwardsTrail ?? false,
      ...(retired?.length && {
        retired: retired.map(({ externalId, until: retiredMs }) => ({ externalId, untilMs: retiredMs })),
      }),
      externalIdSinceMs: role.externalIdSince ?? null,
      verifiedMs: role.verified ?? null,
    },
  };
}

/** A value to be judged, or why there is none. Parsers' own messages quote what they stumble over and are not repeated. */
type Entry =
  | { readonly where: string; readonly value: unknown }
  | { readonly where: string; readonly reason: string; readonly role?: undefined };

const ENTRIES: Readonly<Record<TenantsFormat, (text: string, name: string) => readonly Entry[]>> = {
  ndjson: (text, name) =>
    text.split("\n").flatMap((content, index) => {
      if (content.trim() === "") return [];
      const where = `${name}:${index + 1}`;
      return [parseJson(content, where)];
    }),
  json: (text, name) => {
    const entry = parseJson(text, name);
    return "value" in entry ? elements(entry.value, name, (index) => `${name}[${index}]`) : [entry];
  },
  yaml: (text, name) => {
    const lines = new LineCounter();
    const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
    const at = (offset: number): string => `${name}:${lines.linePos(offset).line}`;
    const [error] = document.errors;
    if (error !== undefined) return [{ where: at(error.pos[0]), reason: `not YAML (${error.code})` }];
    const nodes = isSeq(document.contents) ? document.contents : document.get("tenants");
    const positions = isSeq<{ range?: readonly [number, ...number[]] | null }>(nodes) ? nodes.items : [];
    let value: unknown;
    try {
      value = document.toJS();
    } catch {
      return [{ where: name, reason: "not YAML (an alias of nothing, or too many)" }];
    }
    return elements(value, name, (index) => at(positions[index]?.range?.[0] ?? 0));
  },
};

function parseJson(text: string, where: string): Entry {
  try {
    return { where, value: JSON.parse(text) as unknown };
  } catch {
    return { where, reason: "not JSON" };
  }
}

function elements(value: unknown, name: string, where: (index: number) => string): readonly Entry[] {
  const list = typeof value === "object" && value !== null && "tenants" in value ? value.tenants : value;
  if (!Array.isArray(list)) return [{ where: name, reason: "not a list of customer roles" }];
  return list.map((element: unknown, index) => ({ where: where(index), value: element }));
}
