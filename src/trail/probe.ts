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

/** Whether the call is a probe of the vendor's own: of this role, at this time, by who has the key. */
export function isOwnProbe({ userAgent, target, timeMs }: Call, digester: Digester): boolean {
  if (userAgent?.includes(NAME) !== true || target.roleArn === null) return false;
  const [, written = "", digest] = MARK.exec(userAgent) ?? [];
  const second = parseInt(written, 36);
  if (!(Math.abs(timeMs / 1000 - second) <= HOLDS_SECONDS)) return false;
  return digester.probe(withoutPath(target.roleArn), second) === digest;
}
