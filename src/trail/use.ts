import { sessionOf } from "./arn.ts";

/**
 * The IAM ARN of the role whose session made a call; null for every other caller. Asked of every record of a trail, so it
 * looks at three fields and builds nothing.
 * @see https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-user-identity.html
 */
export function roleInUse(raw: object): string | null {
  const who = (raw as { userIdentity?: Identity | null }).userIdentity;
  if (who?.type !== "AssumedRole") return null;
  const issuer = who.sessionContext?.sessionIssuer?.arn;
  if (typeof issuer === "string" && issuer !== "") return issuer;
  return typeof who.arn === "string" ? (sessionOf(who.arn)?.roleArn ?? null) : null;
}

/** As JSON may have it: each part may be anything, and whatever is no object has no fields. */
interface Identity {
  readonly type?: unknown;
  readonly arn?: unknown;
  readonly sessionContext?: { readonly sessionIssuer?: { readonly arn?: unknown } | null } | null;
}
