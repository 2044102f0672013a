import { withoutPath } from "./arn.ts";
import type { Call } from "./call.ts";
import type { Digester } from "./external-id.ts";

/**
 * How the vendor's own probes of its customers' roles are known again in the trail: by a mark in the user agent, the one
 * thing of the caller's choosing that a denied call is recorded with. The mark says which role and when, under the
 * vendor's key, and holds for two minutes: who reads it in a trail reads it too late to use it.
 * @see https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-record-contents.html
 */
export function probeMark(digester: Digester, roleArn: string, timeMs: number): string {
  const second = Math.floor(timeMs / 1000);
  return `${NAME}/${second.toString(36)}.${digester.probe(withoutPath(roleArn), second)}`;
}

const NAME = "deputywatch-probe";
const MARK = /(?:^|\s)deputywatch-probe\/([0-9a-z]{1,8})\.([0-9a-f]{32})(?=\s|$)/;
const HOLDS_SECONDS = 120;

/** The session that a probe is answered with may do nothing, whoever gets hold of it. */
export const PROBE_POLICY = JSON.stringify({
  Version: "2012-10-17",
  Statement: [{ Effect: "Deny", Action: "*", Resource: "*" }],
});

/**
 * Whether the call is a probe of the vendor's own: of this role, at this time, by who has the key. One that succeeded must
 * have asked for a session that may do nothing: then nothing is hidden even from who could use a mark in time.
 * `sessionPolicy`: as the record has it.
 */
export function isOwnProbe(
  { userAgent, target, timeMs, outcome }: Call,
  sessionPolicy: unknown,
  digester: Digester,
): boolean {
  if (userAgent?.includes(NAME) !== true || target.roleArn === null) return false;
  if (outcome === "allowed" && sessionPolicy !== PROBE_POLICY) return false;
  const [, written = "", digest] = MARK.exec(userAgent) ?? [];
  const second = parseInt(written, 36);
  if (!(Math.abs(timeMs / 1000 - second) <= HOLDS_SECONDS)) return false;
  return digester.probe(withoutPath(target.roleArn), second) === digest;
}
