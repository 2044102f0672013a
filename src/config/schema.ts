import { isMap, isNode, isScalar, isSeq, LineCounter, parseDocument } from "yaml";
import * as z from "zod";
import { SUPPRESSION_DIMENSIONS } from "../alerts/suppress.ts";
import { SEVERITIES } from "../detectors/detector.ts";
import { readCidr } from "../ranges/cidr.ts";
import { parseSelector } from "../ranges/select.ts";
import { accountId, regionName, roleArn, topicArn } from "../tenants/read.ts";
import { sessionNameContract } from "../outbound/session-name.ts";
import { externalIds, onboarding } from "./customers.ts";
import { mistake, type Mistake } from "./mistake.ts";
import { nearest } from "./nearest.ts";
import { duration, moment, written } from "./written.ts";

const name = z.string().min(1).max(128);
const glob = z.string().min(1).max(2048);

const cidr = written((text) => {
  const { cidr: value, reason } = readCidr(text);
  return value === undefined ? { reason } : { value };
});

const selector = written((text) => {
  const { reason } = parseSelector(text);
  return reason === undefined ? { value: text } : { reason };
});

const sessionNames = z
  .array(z.string())
  .min(1)
  .transform((templates, context) => {
    const { contract, problem } = sessionNameContract(templates);
    if (problem !== undefined) context.addIssue({ code: "custom", message: problem });
    return contract ?? z.NEVER;
  })
  .meta({
    description: "globs for the sessions it opens in customers' accounts; {tenant} and {account} are placeholders",
  });

/** STS's own bounds of a session, in milliseconds. */
const SESSION_MS = { shortest: 900_000, longest: 43_200_000 } as const;

const outboundRole = z.strictObject({
  arn: roleArn,
  workload: name,
  callers: z.array(glob).optional().meta({ description: "ARN globs of who may assume it; omitted: not judged" }),
  regions: z.array(regionName).min(1).optional().meta({ description: "omitted: any" }),
  sessionNames: sessionNames.optional(),
  learnSince: moment
    .optional()
    .meta({ description: "what was usual before is forgotten: after a change that is to stay" }),
  cadence: z.strictObject({ perTarget: z.int().min(1), every: duration }).optional(),
  sessionPolicy: z.enum(["required", "optional"]).default("optional"),
  maxDuration: duration
    .refine((ms) => ms >= SESSION_MS.shortest && ms <= SESSION_MS.longest, "a session lasts between 15m and 12h")
    .optional(),
});

/** Where a range entry's addresses come from: exactly one of these. */
const RANGE_ORIGINS = ["file", "url", "cidrs", "vpcEndpoints"] as const;

const range = z
  .strictObject({
    name,
    file: z.string().min(1).optional().meta({ description: "a published list, relative to this file" }),
    url: z.url({ protocol: /^https$/ }).optional(),
    cidrs: z.array(cidr).min(1).optional(),
    vpcEndpoints: z
      .array(z.string().regex(/^vpce-[0-9a-f]{8,17}$/, "not a VPC endpoint's id, such as vpce-0a1b2c3d"))
      .min(1)
      .optional(),
    select: z.array(selector).min(1).optional(),
    maxAge: duration.optional(),
    labels: z
      .boolean()
      .optional()
      .meta({ description: "only labels addresses, as AWS's ip-ranges.json does; never owned" }),
  })
  .refine((entry) => RANGE_ORIGINS.filter((origin) => entry[origin] !== undefined).length === 1, {
    error: `needs one of ${RANGE_ORIGINS.join(", ")}`,
  })
  .refine((entry) => listed(entry) || (entry.select ?? entry.maxAge ?? entry.labels) === undefined, {
    error: "select, maxAge and labels are for published lists (file or url)",
  })
  .meta({ oneOf: RANGE_ORIGINS.map((origin) => ({ required: [origin] })) });

function listed({ file, url }: { readonly file?: string | undefined; readonly url?: string | undefined }): boolean {
  return file !== undefined || url !== undefined;
}

const suppression = z
  .strictObject({
    detector: name,
    where: z
      .strictObject(
        Object.fromEntries(SUPPRESSION_DIMENSIONS.map((dimension) => [dimension, z.string().min(1).optional()])),
      )
      .optional()
      .meta({
        description: "a workload, and a customer by at least one of tenant, account, roleArn",
        required: ["workload"],
        anyOf: [{ required: ["tenant"] }, { required: ["account"] }, { required: ["roleArn"] }],
      }),
    reason: z.string().min(1),
    owner: z.string().min(1),
    until: moment,
  })
  .meta({ required: ["detector", "where", "reason", "owner", "until"] });

/**
 * `deputywatch.yaml`. Every key but `version` may be left out: what is not promised is learned, or not judged. The
 * published deputywatch.schema.json is made of this value.
 */
export const configurationSchema = z
  .strictObject({
    version: z.literal(1),
    vendor: z.strictObject({ accounts: z.array(accountId).min(1) }).optional(),
    outboundRoles: z.array(outboundRole).default([]),
    ranges: z.array(range).default([]),
    tenants: z
      .strictObject({ file: z.string().min(1).optional(), table: z.string().min(1).optional() })
      .refine(({ file, table }) => (file === undefined) !== (table === undefined), "needs one of file, table")
      .meta({ oneOf: [{ required: ["file"] }, { required: ["table"] }] })
      .optional(),
    externalIds: externalIds.optional(),
    onboarding: onboarding.prefault({}),
    detectors: z
      .record(
        z.string(),
        z.strictObject({ severity: z.enum(SEVERITIES).optional(), enabled: z.boolean().default(true) }),
      )
      .default({}),
    suppressions: z.array(suppression).default([]),
    alerting: z.strictObject({ falseAlarmsPerMonth: z.number().positive().max(1000).default(1) }).prefault({}),
    channels: z.strictObject({ soc: z.strictObject({ topic: topicArn }).optional() }).prefault({}),
    trailResources: z
      .array(glob)
      .default([])
      .meta({ description: "globs of further buckets, keys, rules, queues, topics" }),
  })
  .meta({ title: "deputywatch configuration" });

export type Configuration = z.output<typeof configurationSchema>;

/** A configuration of the right shape, and where each of its keys stands, for whoever finds fault with what it says. */
export interface ReadConfiguration {
  readonly configuration: Configuration;
  /** `deputywatch.yaml:12:5 ranges[0].file`. */
  readonly whereIs: (path: readonly PropertyKey[]) => string;
}

/**
 * Reads YAML, and so JSON. Throws a mistake for the first thing wrong, with file, line, column and key path; it never
 * quotes a value, nor a key that is no word, since it may be a secret that was pasted into the wrong place. `file` is the name to show.
 */
export function readConfiguration(text: string, file: string): ReadConfiguration {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const position = (offset: number): string => {
    const { line, col } = lines.linePos(offset);
    return `${file}:${Math.max(line, 1)}:${Math.max(col, 1)}`;
  };
  const whereIs = (path: readonly PropertyKey[]): string =>
    [position(offsetOf(document.contents, path)), keyPath(path)].filter(Boolean).join(" ");
  const [error] = document.errors;
  if (error !== undefined) {
    throw mistake(`${position(error.pos[0])}: not valid YAML: ${error.code.toLowerCase().replaceAll("_", " ")}`);
  }
  const value = plainValue(() => document.toJS() as unknown, file);
  const parsed = configurationSchema.safeParse(value);
  if (parsed.success) return { configuration: parsed.data, whereIs };
  throw firstMistake(parsed.error.issues, value, (path) => offsetOf(document.contents, path), whereIs);
}

function plainValue(make: () => unknown, file: string): unknown {
  try {
    return make();
  } catch (cause) {
    throw mistake(`${file}: not valid YAML: an alias of nothing, or too many of them`, null, cause);
  }
}

function firstMistake(
  issues: readonly z.core.$ZodIssue[],
  value: unknown,
  offset: (path: readonly PropertyKey[]) => number,
  whereIs: (path: readonly PropertyKey[]) => string,
): Mistake {
  const faults = issues
    .flatMap((issue) => faultsOf(issue, value))
    .sort((a, b) => Number(a.message === MISSING) - Number(b.message === MISSING) || offset(a.path) - offset(b.path));
  const [first = { path: [], message: "not a configuration", hint: null }] = faults;
  const more = faults.length > 1 ? ` (and ${faults.length - 1} more)` : "";
  return mistake(`${whereIs(first.path)}: ${first.message}${more}`, first.hint);
}

/** Told after all else: a key is often missing because it is misspelt. */
const MISSING = "missing";

interface Fault {
  readonly path: readonly PropertyKey[];
  readonly message: string;
  readonly hint: string | null;
}

function faultsOf(issue: z.core.$ZodIssue, value: unknown): readonly Fault[] {
  const { path } = issue;
  if (issue.code === "unrecognized_keys") {
    const known = knownKeys(path);
    return issue.keys.map((key) => {
      const meant = nearest(key, known);
      const hint = meant === null ? `known here: ${known.join(", ")}` : `did you mean "${meant}"?`;
      return { path: [...path, key], message: "no such key", hint };
    });
  }
  const found = path.reduce<unknown>((at, key) => (at as Record<PropertyKey, unknown> | undefined)?.[key], value);
  if (found === undefined && path.length > 0) return [{ path, message: MISSING, hint: null }];
  const unquoted = issue.code === "invalid_type" && issue.expected === "string" && typeof found === "number";
  return [{ path, message: issue.message, hint: unquoted ? "put it in quotes, or YAML reads it as a number" : null }];
}

/** The keys that the schema has at a path. */
function knownKeys(path: readonly PropertyKey[]): readonly string[] {
  let at: unknown = configurationSchema;
  for (const key of [...path, null]) {
    while (at instanceof z.ZodOptional || at instanceof z.ZodDefault || at instanceof z.ZodPrefault) at = at.unwrap();
    if (key === null) break;
    if (at instanceof z.ZodObject) at = at.shape[String(key)];
    else if (at instanceof z.ZodArray) at = at.element;
    else if (at instanceof z.ZodRecord) at = at.valueType;
  }
  return at instanceof z.ZodObject ? Object.keys(at.shape) : [];
}

/** Where a key or an element begins; of what is missing, where its nearest parent does. */
function offsetOf(contents: unknown, path: readonly PropertyKey[]): number {
  let node = contents;
  let offset = isNode(node) ? (node.range?.[0] ?? 0) : 0;
  for (const key of path) {
    const pair = isMap(node)
      ? node.items.find((item) => isScalar(item.key) && String(item.key.value) === key)
      : undefined;
    const anchor = pair?.key ?? (isSeq(node) ? node.items[Number(key)] : undefined);
    if (!isNode(anchor)) return offset;
    offset = anchor.range?.[0] ?? offset;
    node = pair === undefined ? anchor : pair.value;
  }
  return offset;
}

/** Words, as all keys are; a key of any other looks may be a secret that stands in the wrong place. */
const KEY = /^[A-Za-z]{1,30}(?:-[a-z]{1,20}){0,4}$/;

function keyPath(path: readonly PropertyKey[]): string {
  const shown = (key: PropertyKey): string => (KEY.test(String(key)) ? String(key) : "…");
  return path
    .map((key, index) => (typeof key === "number" ? `[${key}]` : `${index > 0 ? "." : ""}${shown(key)}`))
    .join("");
}
