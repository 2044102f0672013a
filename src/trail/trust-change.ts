import type { TrustChange } from "./call.ts";
import type { Digester } from "./external-id.ts";

const DOCUMENT = { CreateRole: "assumeRolePolicyDocument", UpdateAssumeRolePolicy: "policyDocument" } as const;
/** IAM takes 4,096 characters at most; URL-encoded they may be three times as long. */
const LONGEST_DOCUMENT = 16_384;

/**
 * The new trust policy that a record of IAM tells; null for any other. The policy names the customer's external ID, which
 * goes no further than here.
 * @see https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateRole.html
 * @see https://docs.aws.amazon.com/IAM/latest/APIReference/API_UpdateAssumeRolePolicy.html
 */
export function trustChangeOf(raw: object, account: string | null, digester: Digester): TrustChange | null {
  const {
    eventSource,
    eventName,
    requestParameters: asked,
    awsRegion: region,
  } = raw as Readonly<Record<string, unknown>>;
  if (eventSource !== "iam.amazonaws.com" || account === null) return null;
  if (eventName !== "CreateRole" && eventName !== "UpdateAssumeRolePolicy") return null;
  if (typeof asked !== "object" || asked === null) return null;
  const { roleName, path, [DOCUMENT[eventName]]: document } = asked as Readonly<Record<string, unknown>>;
  if (typeof roleName !== "string" || !/^[\w+=,.@-]{1,64}$/.test(roleName)) return null;
  const folder = typeof path === "string" && /^\/(?:[\x21-\x7e]{1,510}\/)?$/.test(path) ? path : "/";
  const partition = PARTITIONS.find(([regions]) => regions.test(String(region)))?.[1] ?? "aws";
  return {
    roleArn: `arn:${partition}:iam::${account}:role${folder}${roleName}`,
    policy: withTokens(documentOf(document), "", digester),
  };
}

/** By the regions that IAM's events are logged in. @see https://docs.aws.amazon.com/whitepapers/latest/aws-fault-isolation-boundaries/partitions.html */
const PARTITIONS: readonly (readonly [RegExp, string])[] = [
  [/^cn-/, "aws-cn"],
  [/^us-gov-/, "aws-us-gov"],
];

/** Null where there is none to read. */
function documentOf(document: unknown): unknown {
  if (typeof document === "object") return document;
  if (typeof document !== "string" || document.length > LONGEST_DOCUMENT) return null;
  try {
    return JSON.parse(/^\s*%7B/i.test(document) ? decodeURIComponent(document) : document) as unknown;
  } catch {
    return null;
  }
}

/** Deeper than this stands nothing in a policy. */
const DEEPEST = 8;

/** The policy with a token in each external ID's place; `within` is the key that the value stands under. */
function withTokens(value: unknown, within: string, digester: Digester, depth = 0): unknown {
  if (typeof value !== "object" || value === null) return value;
  if (depth > DEEPEST) return null;
  if (Array.isArray(value)) return value.map((one) => withTokens(one, within, digester, depth + 1));
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [
      key,
      key.toLowerCase() === "sts:externalid"
        ? tokenOf(inner, within, digester)
        : withTokens(inner, key, digester, depth + 1),
    ]),
  );
}

/** Wildcards, where the operator knows them, and policy variables: what decides whether a value names one ID or many. */
const MEANING = /(\$\{[A-Za-z][\w:/-]*\}|[*?])/;
const VARIABLE = /(\$\{[A-Za-z][\w:/-]*\})/;

function tokenOf(value: unknown, operator: string, digester: Digester): unknown {
  if (Array.isArray(value)) return value.map((one) => tokenOf(one, operator, digester));
  if (typeof value !== "string" && typeof value !== "number") return typeof value === "boolean" ? value : null;
  const text = String(value);
  // `Null` asks whether there is one, and nothing of it.
  if (/(?:^|:)null$/i.test(operator) && /^(?:true|false)$/i.test(text)) return text;
  const parts = text.split(/like/i.test(operator) ? MEANING : VARIABLE);
  return parts.map((part, at) => (at % 2 === 1 || part === "" ? part : token(part, digester))).join("");
}

/** Of an external ID's own characters, and as good as unlike any other's. */
function token(part: string, digester: Digester): string {
  return digester.externalId(part).slice(-32);
}
