import { accountOf, sessionOf } from "./arn.ts";
import { CALLER_KINDS, type Caller, type CallerKind, type HumanMarker } from "./call.ts";
import type { Digester } from "./external-id.ts";
import { account, text, truth, type RecordShape } from "./shape.ts";

const KINDS: ReadonlySet<string> = new Set(CALLER_KINDS);

/**
 * The caller of a record. A role's session keeps its role in `sessionIssuer`; where that is missing the role is read
 * back from the session's ARN, which has lost the role's path.
 * @see https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-user-identity.html
 */
export function callerOf(record: RecordShape, digester: Digester): Caller {
  const who = record.userIdentity;
  const type = text(who?.type);
  const arn = text(who?.arn);
  const session = arn === null ? null : sessionOf(arn);
  const principalId = text(who?.principalId);
  const accessKeyId = text(who?.accessKeyId);
  const kind: CallerKind = type !== null && KINDS.has(type) ? (type as CallerKind) : "Unknown";
  const roleArn =
    kind === "AssumedRole" ? (text(who?.sessionContext?.sessionIssuer?.arn) ?? session?.roleArn ?? null) : null;
  const colon = principalId?.indexOf(":") ?? -1;
  const sessionName =
    session?.sessionName ?? (kind === "IAMUser" || colon === -1 ? null : (principalId?.slice(colon + 1) ?? null));
  const sourceIdentity = text(who?.sessionContext?.sourceIdentity);
  return {
    kind,
    arn,
    principalId,
    account: account(who?.accountId) ?? accountOf(arn),
    roleArn,
    sessionName,
    userName: text(who?.userName),
    credential: accessKeyId === null ? null : digester.credential(accessKeyId),
    invokedBy: text(who?.invokedBy),
    human: kind === "AWSService" ? [] : markersOf(record, { kind, roleArn, sessionName, accessKeyId, sourceIdentity }),
    machine: who?.inScopeOf !== undefined && who.inScopeOf !== null,
    sourceIdentity,
  };
}

interface Clues {
  readonly kind: CallerKind;
  readonly roleArn: string | null;
  readonly sessionName: string | null;
  readonly accessKeyId: string | null;
  readonly sourceIdentity: string | null;
}

const E_MAIL = /^[^@\s]{1,64}@[^@\s]{1,64}\.[A-Za-z]{2,24}$/;

/** One clue that a person is at the keyboard. A user agent is the caller's word: its presence tells, its absence does not. */
function markersOf(
  record: RecordShape,
  { kind, roleArn, sessionName, accessKeyId, sourceIdentity }: Clues,
): HumanMarker[] {
  const who = record.userIdentity;
  const agent = userAgentOf(record) ?? "";
  const asked = text(record.requestParameters?.roleSessionName);
  const names = [sessionName, asked, sourceIdentity, text(record.requestParameters?.sourceIdentity)];
  const found: HumanMarker[] = [];
  const see = (strength: HumanMarker["strength"], marker: string, seen: boolean): void => {
    if (seen) found.push({ strength, marker });
  };

  see("strong", "IAM Identity Center permission set", roleArn?.includes("/AWSReservedSSO_") === true);
  see("strong", "on behalf of an Identity Center user", who?.onBehalfOf !== undefined && who.onBehalfOf !== null);
  see("strong", "federated person", kind === "SAMLUser" || kind === "IdentityCenterUser");
  see("strong", "root user", kind === "Root");
  see("strong", "console credentials", truth(record.sessionCredentialFromConsole));
  see("strong", "MFA code given", text(record.requestParameters?.serialNumber) !== null);
  see("strong", "MFA session", truth(who?.sessionContext?.attributes?.mfaAuthenticated));
  see("strong", "console role switch", isAwsInternal(text(record.sourceIPAddress)));
  see("strong", "browser", /^Mozilla\/|console\.amazonaws\.com|^signin\.amazonaws\.com/.test(agent));

  see(
    "medium",
    "session named like an e-mail address",
    names.some((name) => name !== null && E_MAIL.test(name)),
  );
  see(
    "medium",
    "session of an access broker",
    names.some((name) => /^gntd-|assumed-from-leapp/.test(name ?? "")),
  );
  see(
    "medium",
    "interactive AWS CLI",
    /aws-cli\/.*(?:Darwin|macOS|os\/macos|Windows|os\/windows|prompt#on)/i.test(agent),
  );
  see("strong", "penetration-testing system", /\b(?:kali|parrot)\b/i.test(agent));

  see("weak", "AWS CLI", agent.startsWith("aws-cli/"));
  see("weak", "session name left to the SDK", asked !== null && /^botocore-session-\d+$/.test(asked));
  see("weak", "IAM user's access key", kind === "IAMUser" && accessKeyId?.startsWith("AKIA") === true);
  return found;
}

/** `AWS Internal`, `AWS Internal/3`: what the console's own calls show instead of an address. */
function isAwsInternal(address: string | null): boolean {
  return address === "AWS Internal" || address?.startsWith("AWS Internal/") === true;
}

/** The user agent, also from the arrays that some log shippers make of it. */
export function userAgentOf({ userAgent }: RecordShape): string | null {
  const agent = Array.isArray(userAgent) ? userAgent.find((part) => typeof part === "string") : userAgent;
  return agent === undefined || agent === "" ? null : agent;
}
