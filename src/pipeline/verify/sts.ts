import { AssumeRoleCommand, STSClient, STSServiceException } from "@aws-sdk/client-sts";
import type { Answer, Assume, Failure } from "./assume.ts";
import { PROBE_POLICY } from "../../trail/probe.ts";
import { VERIFY_SESSION } from "./session-name.ts";

/** Of all that the outbound role may do, a verification needs this: to enter roles, with the tags that it was entered with. */
const ENTER_ROLES = JSON.stringify({
  Version: "2012-10-17",
  Statement: [
    { Effect: "Allow", Action: ["sts:AssumeRole", "sts:SetSourceIdentity", "sts:TagSession"], Resource: "*" },
  ],
});

/** The shortest that there is, in seconds. @see https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html */
const SHORTEST_SECONDS = 900;
/** The longest session that one session may open. */
const CHAINED_SECONDS = 3_600;
/** The outbound role is entered anew when its session has less than this left. */
const RENEW_MS = 5 * 60_000;

export interface StsOptions {
  /** The outbound role to enter first; null: the credentials at hand are its own. */
  readonly through: string | null;
  /** Where the outbound role is entered. */
  readonly homeRegion: string;
  /** A call that has no answer after so long has failed. */
  readonly timeoutMs: number;
  readonly now: () => number;
}

/** STS as verification asks it. */
export interface Sts {
  readonly assume: Assume;
  readonly close: () => void;
}

/**
 * STS by its regional endpoints, with the outbound role's session where one is to be gone through. Rejects, with STS's code
 * and never its words, where the outbound role does not let in: no customer's role is then to blame.
 */
export async function openSts({ through, homeRegion, timeoutMs, now }: StsOptions): Promise<Sts> {
  const home = through === null ? null : clientFor(homeRegion);
  const session = home === null || through === null ? null : outboundSession(home, through, { timeoutMs, now });
  await session?.();
  const clients = new Map<string, STSClient>();
  const clientIn = (region: string): STSClient => {
    const client = clients.get(region) ?? clientFor(region, session);
    clients.set(region, client);
    return client;
  };
  return {
    assume: async ({ mark, roleArn, region, sessionName, externalId }, signal) => {
      const command = new AssumeRoleCommand({
        RoleArn: roleArn,
        RoleSessionName: sessionName,
        ...(externalId !== null && { ExternalId: externalId }),
        Policy: PROBE_POLICY,
        DurationSeconds: SHORTEST_SECONDS,
      });
      markedBy(command, mark);
      try {
        // What it answers with is credentials, which nobody needs: that it answers is all.
        await clientIn(region).send(command, { abortSignal: within(timeoutMs, signal) });
        return { kind: "let-in" };
      } catch (error) {
        signal.throwIfAborted();
        return answerOf(error);
      }
    },
    close: () => {
      for (const client of [home, ...clients.values()]) client?.destroy();
    },
  };
}

interface Identity {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken: string;
  readonly expiration: Date;
}

/** One try a call: who retries mints a new mark. Never the global endpoint, which is recorded elsewhere. */
function clientFor(region: string, credentials: (() => Promise<Identity>) | null = null): STSClient {
  return new STSClient({ region, useGlobalEndpoint: false, maxAttempts: 1, ...(credentials && { credentials }) });
}

/** What failed before a customer's role was asked. */
const NOT_ENTERED = "OutboundRoleNotEntered";

/** A session of the outbound role's, entered anew when it ends. It may enter roles, and do nothing else. */
function outboundSession(
  client: STSClient,
  roleArn: string,
  { timeoutMs, now }: Pick<StsOptions, "timeoutMs" | "now">,
): () => Promise<Identity> {
  let identity: Identity | undefined;
  return async () => {
    if (identity !== undefined && identity.expiration.getTime() - now() > RENEW_MS) return identity;
    const command = new AssumeRoleCommand({
      RoleArn: roleArn,
      RoleSessionName: VERIFY_SESSION,
      Policy: ENTER_ROLES,
      DurationSeconds: CHAINED_SECONDS,
    });
    let why: string;
    try {
      const { Credentials } = await client.send(command, { abortSignal: AbortSignal.timeout(timeoutMs) });
      const { AccessKeyId = "", SecretAccessKey = "", SessionToken = "", Expiration } = Credentials ?? {};
      if (Expiration !== undefined) {
        identity = {
          accessKeyId: AccessKeyId,
          secretAccessKey: SecretAccessKey,
          sessionToken: SessionToken,
          expiration: Expiration,
        };
        return identity;
      }
      why = "no session was given";
    } catch (error) {
      const answer = answerOf(error);
      why = answer.kind === "failed" ? answer.why : "STS answered AccessDenied";
    }
    throw Object.assign(new Error(`the outbound role ${roleArn} was not entered: ${why}`), { name: NOT_ENTERED });
  };
}

/**
 * Writes the mark behind the SDK's own name: CloudTrail keeps the beginning of a long user agent, and some services put
 * one into brackets. The header is not signed.
 * @see https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-record-contents.html
 */
function markedBy(command: AssumeRoleCommand, mark: string): void {
  command.middlewareStack.add(
    (next) => (args) => {
      const { headers } = args.request as { readonly headers: Record<string, string> };
      const [name = "", ...rest] = (headers["user-agent"] ?? "deputywatch").split(" ");
      headers["user-agent"] = [name, mark, ...rest].join(" ");
      return next(args);
    },
    { step: "finalizeRequest", priority: "high", name: "probeMark" },
  );
}

function within(timeoutMs: number, signal: AbortSignal): AbortSignal {
  return AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]);
}

const THROTTLED = /^(?:Throttling|ThrottlingException|RequestThrottled|RequestLimitExceeded|TooManyRequestsException)$/;

/**
 * A denial that names one of these policies was made by the vendor's own side, before the role was asked, and says nothing
 * of it.
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html
 */
const OWN_POLICY =
  /\b(?:identity-based|session|service control|VPC endpoint) polic(?:y|ies)\b|\bpermissions boundary\b/i;

/** What an error says of the role. Nothing of its message is kept: a ValidationError quotes the external ID. */
function answerOf(error: unknown): Answer {
  if (!(error instanceof Error)) return failed("an unknown failure");
  if (!(error instanceof STSServiceException)) return callerFailure(error);
  const { $metadata, message } = error;
  const code = /^[A-Za-z.]{1,64}$/.test(error.name) ? error.name : "an unknown code";
  const status = $metadata.httpStatusCode ?? 0;
  if ((code === "AccessDenied" || code === "AccessDeniedException") && status === 403) {
    return OWN_POLICY.test(message) ? failed("the vendor's own policies refuse the call") : { kind: "denied" };
  }
  return failed(`STS answered ${code}`, THROTTLED.test(code) || status === 429 || status >= 500);
}

/** What went wrong on this side of STS: no credentials, no network, no answer in time. */
function callerFailure(error: Error): Failure {
  if (error.name === NOT_ENTERED) return failed("the outbound role was not entered", true);
  if (error.name === "TimeoutError" || error.name === "AbortError") return failed("STS did not answer in time", true);
  if (error.name === "CredentialsProviderError") return failed("there are no credentials to ask STS with");
  const code = "code" in error && /^[A-Z_]{1,40}$/.test(String(error.code)) ? String(error.code) : error.name;
  return failed(`STS was not reached (${/^\w{1,64}$/.test(code) ? code : "unknown"})`, true);
}

function failed(why: string, passing = false): Failure {
  return { kind: "failed", why, passing };
}
