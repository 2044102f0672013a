import { accountOf, sessionOf } from "./arn.ts";
import { CALLER_KINDS, type Caller, type CallerKind, type HumanMarker } from "./call.ts";
import type { Digester } from "./external-id.ts";
import { eventTimeMs } from "./time.ts";
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
  const issuer = kind === "AssumedRole" ? text(who?.sessionContext?.sessionIssuer?.arn) : null;
  const roleArn = issuer ?? session?.roleArn ?? null;
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
    sessionStartMs: startOf(text(who?.sessionContext?.attributes?.creationDate)),
    machine: who?.inScopeOf !== undefined && who.inScopeOf !== null,
    sourceIdentity,
  };
}

/** A session lasts at most twelve hours, so that what claims to have begun later than its call only names itself. */
function startOf(creationDate: string | null): number | null {
  return creationDate === null ? null : eventTimeMs(creationDate, Number.POSITIVE_INFINITY);
}

/**
 * Who switched roles in the console. CloudTrail logs the switch as done by the session that was entered; who entered
 * it stands in `SwitchFrom`, and nothing else of the record is about that person.
 */
export function switcherOf({ additionalEventData }: RecordShape, entered: Caller): Caller {
  const arn = text(additionalEventData?.SwitchFrom);
  const session = arn === null ? null : sessionOf(arn);
  return {
    ...entered,
    kind: kindOf(arn ?? ""),
    arn,
    principalId: null,
    account: accountOf(arn),
    roleArn: session?.roleArn ?? null,
    sessionName: session?.sessionName ?? null,
    userName: /:user\/(?:.*\/)?([^/]+)$/.exec(arn ?? "")?.[1] ?? null,
    credential: null,
    human: [...entered.human, { strength: "strong", marker: "console role switch" }],
    sourceIdentity: null,
  };
}

function kindOf(arn: string): CallerKind {
  if (arn.includes(":assumed-role/")) return "AssumedRole";
  if (arn.includes(":federated-user/")) return "FederatedUser";
  if (arn.includes(":user/")) return "IAMUser";
  return arn.endsWith(":root") ? "Root" : "Unknown";
}

interface Clues {
  readonly kind: CallerKind;
  readonly roleArn: string | null;
  readonly sessionName: string | null;
  readonly accessKeyId: string | null;
  readonly sourceIdentity: string | null;
}

/**
 * Browsers, and the console calling by itself. Kali and its like are what GuardDuty looks for as well.
 * @see https://docs.aws.amazon.com/guardduty/latest/ug/guardduty_finding-types-iam.html
 */
const CONSOLE = /^Mozilla\/|\bconsole\.(?:[\w-]+\.)?amazonaws\.com\b|^S3Console\/|^signin\.amazonaws\.com/;
const E_MAIL = /^[^@\s]{1,64}@[^@\s]{1,64}\.[A-Za-z]{2,24}$/;

/** Nearly every agent holds none of these, and is then searched only once. */
const TELLING_AGENT = /mozilla|console|signin|cloudshell|kali|parrot|pentoo|aws-cli|aws internal/i;

/** One clue that a person is at the keyboard. A user agent is the caller's word: its presence tells, its absence does not. */
function markersOf(record: RecordShape, clues: Clues): readonly HumanMarker[] {
  const agent = userAgentOf(record);
  const found = markersOfIdentity(record, clues);
  if (agent !== null && TELLING_AGENT.test(agent)) found.push(...markersOfAgent(agent));
  return found.length < 2 ? found : found.sort((a, b) => STRENGTHS.indexOf(a.strength) - STRENGTHS.indexOf(b.strength));
}

const STRENGTHS = ["strong", "medium", "weak"] as const;

function markersOfIdentity(record: RecordShape, clues: Clues): HumanMarker[] {
  const { kind, roleArn, sessionName, accessKeyId, sourceIdentity } = clues;
  const who = record.userIdentity;
  const asked = text(record.requestParameters?.roleSessionName);
  const found: HumanMarker[] = [];
  const see = (strength: HumanMarker["strength"], marker: string): number => found.push({ strength, marker });

  if (roleArn?.includes("/AWSReservedSSO_") === true) see("strong", "IAM Identity Center permission set");
  if (who?.onBehalfOf !== undefined && who.onBehalfOf !== null) see("strong", "on behalf of an Identity Center user");
  if (kind === "SAMLUser" || kind === "IdentityCenterUser") see("strong", "federated person");
  if (kind === "Root") see("strong", "root user");
  if (truth(record.sessionCredentialFromConsole)) see("strong", "console credentials");
  if (text(record.requestParameters?.serialNumber) !== null) see("strong", "MFA code given");
  if (truth(who?.sessionContext?.attributes?.mfaAuthenticated)) see("strong", "MFA session");
  if (isAwsInternal(text(record.sourceIPAddress)) || isAwsInternal(userAgentOf(record)))
    see("strong", "console role switch");

  const names = [sessionName, asked, sourceIdentity, text(record.requestParameters?.sourceIdentity)];
  if (names.some(isEMail)) see("medium", "session named like an e-mail address");
  if (names.some(isBrokered)) see("medium", "session of an access broker");

  if (asked?.startsWith("botocore-session-") === true && /^\d+$/.test(asked.slice(17)))
    see("weak", "session name left to the SDK");
  if (kind === "IAMUser" && accessKeyId?.startsWith("AKIA") === true) see("weak", "IAM user's access key");
  return found;
}

function isEMail(name: string | null): boolean {
  return name?.includes("@") === true && E_MAIL.test(name);
}

function isBrokered(name: string | null): boolean {
  return name?.startsWith("gntd-") === true || name?.includes("assumed-from-leapp") === true;
}

function markersOfAgent(agent: string): HumanMarker[] {
  const found: HumanMarker[] = [];
  const see = (strength: HumanMarker["strength"], marker: string): number => found.push({ strength, marker });
  if (CONSOLE.test(agent)) see("strong", "browser");
  if (/\bexec-env\/CloudShell\b/i.test(agent)) see("strong", "AWS CloudShell");
  if (/(?<![a-z])(?:kali|parrot|pentoo)(?![a-z])/i.test(agent)) see("strong", "penetration-testing system");
  if (agent.includes("aws-cli/") && /Darwin|macOS|Windows|md\/prompt#on/i.test(agent))
    see("medium", "interactive AWS CLI");
  if (agent.startsWith("aws-cli/")) see("weak", "AWS CLI");
  return found;
}

/** `AWS Internal`, `AWS Internal/3`: what the console's own calls show instead of an address. */
function isAwsInternal(address: string | null): boolean {
  return address === "AWS Internal" || address?.startsWith("AWS Internal/") === true;
}

/** The user agent, also from the arrays that some log shippers make of it. */
export function userAgentOf({ userAgent }: RecordShape): string | null {
  const agent = typeof userAgent === "object" ? userAgent.find((part) => typeof part === "string") : userAgent;
  return agent === undefined || agent === "" ? null : agent;
}
