import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { mayAssume } from "../trust/oracle.ts";

/** Who signs with an access key. */
export interface Caller {
  /** A user's, or a role session's. */
  readonly arn: string;
  readonly accessKeyId: string;
  /** Null: a key that lives for years. */
  readonly token: string | null;
  /** The session policy that it was made with. */
  readonly policy: string | null;
}

/** One request, and what it was answered with. */
export interface Seen {
  readonly timeMs: number;
  /** Of the signature's scope. */
  readonly region: string;
  readonly userAgent: string;
  readonly caller: Caller | null;
  readonly asked: Readonly<Record<string, string>>;
  readonly answer: Reply;
}

export interface Reply {
  readonly status: number;
  readonly code: string | null;
  readonly message: string | null;
  readonly issued: Caller | null;
}

/** What goes wrong instead of an answer. `garbage` is a proxy's page, which is no answer of STS's. */
export type Fault = "throttled" | "broken" | "hang" | "garbage" | "region disabled" | "own policy" | "expired";

/** A policy, and for how many requests to the role and until when the one before it is still what STS sees. */
interface Version {
  readonly policy: string;
  staleRequests: number;
  readonly staleUntilMs: number;
}

/** STS on this machine. */
export interface LocalSts {
  readonly endpoint: string;
  readonly seen: Seen[];
  /** What befalls a request, asked before it is answered; null: nothing. */
  readonly faults: { next: (asked: Readonly<Record<string, string>>, nth: number) => Fault | null };
  /** Milliseconds that an answer takes. */
  readonly latency: { ms: number };
  /** Sets a role's trust policy at once, whatever it was. */
  readonly trust: (roleArn: string, policy: object) => void;
  /** Changes it as IAM does: for some requests, or for some time, STS still goes by what was before. */
  readonly change: (roleArn: string, policy: object, stale: { requests?: number; ms?: number }) => void;
  /** Every secret that it was sent, or gave out: session tokens, secret keys and external IDs. */
  readonly secrets: Set<string>;
  readonly stop: () => Promise<void>;
}

/** The key of the vendor's machine. */
export const VENDOR_KEY = "AKIAEXAMPLEVENDORKEY";

/**
 * STS's Query protocol over HTTP, with each role's trust policy evaluated: the SDK's own client talks to it. It wants a
 * signature, and does not check it. A role that it does not know denies, as the real one does.
 * @see https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html
 */
export async function localSts(vendorArn: string): Promise<LocalSts> {
  const roles = new Map<string, Version[]>();
  const callers = new Map<string, Caller>([
    [VENDOR_KEY, { arn: vendorArn, accessKeyId: VENDOR_KEY, token: null, policy: null }],
  ]);
  const seen: Seen[] = [];
  const secrets = new Set<string>();
  const faults: LocalSts["faults"] = { next: () => null };
  const latency = { ms: 0 };

  const reply = (caller: Caller | null, asked: Readonly<Record<string, string>>, fault: Fault | null): Reply => {
    const broken = FAULTS[fault ?? ""];
    if (broken !== undefined) return refusal(...broken);
    if (caller === null)
      return refusal(403, "InvalidClientTokenId", "The security token included in the request is invalid.");
    const { RoleArn = "", RoleSessionName = "", ExternalId, DurationSeconds = "3600", Policy } = asked;
    if (ExternalId !== undefined && !/^[\w+=,.@:/-]{2,1224}$/.test(ExternalId)) {
      const said = `1 validation error detected: Value '${ExternalId}' at 'externalId' failed to satisfy constraint`;
      return refusal(400, "ValidationError", said);
    }
    if (Number(DurationSeconds) < 900 || Number(DurationSeconds) > 3600) {
      return refusal(400, "ValidationError", "The requested DurationSeconds exceeds the limit");
    }
    const denied = `User: ${caller.arn} is not authorized to perform: sts:AssumeRole on resource: ${RoleArn}`;
    if (fault === "own policy" || !allowsEntering(caller.policy)) {
      return refusal(403, "AccessDenied", `${denied} because no session policy allows the sts:AssumeRole action`);
    }
    const policy = policyInSight(roles.get(RoleArn));
    const mfa = caller.token === null ? null : false;
    if (!mayAssume(policy, { principalArn: caller.arn, externalId: ExternalId ?? null, mfa })) {
      return refusal(403, "AccessDenied", denied);
    }
    const [, account = "", name = ""] = /^arn:aws:iam::(\d+):role\/(?:.*\/)?([^/]+)$/.exec(RoleArn) ?? [];
    const issued: Caller = {
      arn: `arn:aws:sts::${account}:assumed-role/${name}/${RoleSessionName}`,
      accessKeyId: `ASIA${randomBytes(8).toString("hex").toUpperCase()}`,
      token: `IQoJb3JpZ2luX2Vj${randomBytes(60).toString("base64url")}`,
      policy: Policy ?? null,
    };
    callers.set(issued.accessKeyId, issued);
    return { status: 200, code: null, message: null, issued };
  };

  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const asked = Object.fromEntries(new URLSearchParams(await text(request)));
    const signed =
      /^AWS4-HMAC-SHA256 Credential=(\w+)\/\d{8}\/([\w-]+)\/sts\/aws4_request, SignedHeaders=\S+, Signature=[0-9a-f]{64}$/.exec(
        request.headers.authorization ?? "",
      );
    const known = callers.get(signed?.[1] ?? "");
    const token = request.headers["x-amz-security-token"] ?? null;
    const caller = known?.token === token ? known : null;
    if (asked.ExternalId !== undefined) secrets.add(asked.ExternalId);
    const fault = faults.next(asked, seen.length);
    const made = reply(caller, asked, fault);
    seen.push({
      timeMs: Date.now(),
      region: signed?.[2] ?? "",
      userAgent: request.headers["user-agent"] ?? "",
      ...{ caller, asked, answer: made },
    });
    if (typeof made.issued?.token === "string") secrets.add(made.issued.token);
    const secretKey = randomBytes(20).toString("hex");
    if (made.issued !== null) secrets.add(secretKey);
    if (fault === "hang") return;
    if (latency.ms > 0) await new Promise((resolve) => setTimeout(resolve, latency.ms));
    const body = fault === "garbage" ? "<html>403 by the proxy</html>" : xmlOf(made, secretKey);
    response.writeHead(fault === "garbage" ? 403 : made.status, { "content-type": "text/xml" }).end(body);
  };

  const server = createServer((request, response) => void answer(request, response));
  await once(server.listen(0, "127.0.0.1"), "listening");
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    ...{ seen, faults, latency, secrets },
    trust: (roleArn, policy) => {
      roles.set(roleArn, [{ policy: JSON.stringify(policy), staleRequests: 0, staleUntilMs: 0 }]);
    },
    change: (roleArn, policy, { requests = 0, ms = 0 }) => {
      const version = { policy: JSON.stringify(policy), staleRequests: requests, staleUntilMs: Date.now() + ms };
      roles.set(roleArn, [...(roles.get(roleArn) ?? []), version]);
    },
    stop: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** The latest policy that has come through; of one that has not, this request is one fewer to wait for. */
function policyInSight(versions: Version[] | undefined): string {
  let sight = "";
  for (const version of versions ?? []) {
    if (version.staleRequests > 0 || Date.now() < version.staleUntilMs) {
      version.staleRequests--;
      break;
    }
    sight = version.policy;
  }
  return sight;
}

/** Whether a session's own policy lets it enter roles. */
function allowsEntering(policy: string | null): boolean {
  if (policy === null) return true;
  const { Statement } = JSON.parse(policy) as { Statement: readonly { Effect: string; Action: string | string[] }[] };
  const covers = (effect: string): boolean =>
    Statement.filter(({ Effect }) => Effect === effect).some(({ Action }) =>
      [Action].flat().some((action) => action === "*" || action === "sts:AssumeRole"),
    );
  return covers("Allow") && !covers("Deny");
}

const FAULTS: Readonly<Record<string, readonly [number, string, string]>> = {
  throttled: [400, "Throttling", "Rate exceeded"],
  broken: [503, "ServiceUnavailable", "Service is unable to handle request."],
  "region disabled": [403, "RegionDisabledException", "STS is not activated in this region for account"],
  expired: [403, "ExpiredToken", "The security token included in the request is expired"],
};

function refusal(status: number, code: string, message: string): Reply {
  return { status, code, message, issued: null };
}

function xmlOf({ code, message, issued, status }: Reply, secretKey: string): string {
  const id = "<RequestId>c6104cbe-af31-11e0-8154-cbc7ccf896c7</RequestId>";
  const namespace = `xmlns="https://sts.amazonaws.com/doc/2011-06-15/"`;
  if (issued === null) {
    const type = status >= 500 ? "Receiver" : "Sender";
    const error = `<Error><Type>${type}</Type><Code>${code}</Code><Message>${message}</Message></Error>`;
    return `<ErrorResponse ${namespace}>${error}${id}</ErrorResponse>`;
  }
  const expiration = new Date(Date.now() + 3_600_000).toISOString();
  const credentials = `<AccessKeyId>${issued.accessKeyId}</AccessKeyId><SecretAccessKey>${secretKey}</SecretAccessKey><SessionToken>${issued.token}</SessionToken><Expiration>${expiration}</Expiration>`;
  const user = `<AssumedRoleUser><AssumedRoleId>AROAEXAMPLE:s</AssumedRoleId><Arn>${issued.arn}</Arn></AssumedRoleUser>`;
  const result = `<AssumeRoleResult><Credentials>${credentials}</Credentials>${user}</AssumeRoleResult>`;
  return `<AssumeRoleResponse ${namespace}>${result}<ResponseMetadata>${id}</ResponseMetadata></AssumeRoleResponse>`;
}
