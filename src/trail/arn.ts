/** Amazon Resource Names, as far as role assumptions need them. Partition-blind: aws, aws-cn, aws-us-gov and what follows. */

export interface Arn {
  readonly partition: string;
  readonly service: string;
  readonly region: string;
  readonly account: string;
  readonly resource: string;
}

/** @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference-arns.html */
export function parseArn(text: string): Arn | null {
  if (!text.startsWith("arn:")) return null;
  const [, partition, service, region, account, ...resource] = text.split(":");
  if (partition === undefined || service === undefined || region === undefined || account === undefined) return null;
  return { partition, service, region, account, resource: resource.join(":") };
}

/**
 * The account in an ARN, without taking the rest apart: this is asked several times a call. Leading zeros that were
 * lost on the way come back, so that it compares with the accounts beside it.
 */
export function accountOf(arn: string | null): string | null {
  if (arn?.startsWith("arn:") !== true) return null;
  let start = 4;
  for (let part = 0; part < 3 && start > 0; part++) start = arn.indexOf(":", start) + 1;
  const end = start === 0 ? -1 : arn.indexOf(":", start);
  const account = start === 0 ? "" : arn.slice(start, end === -1 ? undefined : end);
  if (account === "") return null;
  return account.length < 12 && /^\d+$/.test(account) ? account.padStart(12, "0") : account;
}

/** `arn:aws:iam::1:role/team/scanner` → `arn:aws:iam::1:role/scanner`: a session's ARN drops its role's path. */
export function withoutPath(roleArn: string): string {
  const start = roleArn.indexOf(":role/");
  const slash = roleArn.lastIndexOf("/");
  return start === -1 || slash === start + 5 ? roleArn : roleArn.slice(0, start + 6) + roleArn.slice(slash + 1);
}

/** The role and the session name behind `arn:aws:sts::1:assumed-role/scanner/session`; the role without its path. */
export function sessionOf(arn: string): { readonly roleArn: string; readonly sessionName: string } | null {
  const start = arn.indexOf(ASSUMED);
  if (start === -1) return null;
  const nameStart = start + ASSUMED.length;
  const slash = arn.indexOf("/", nameStart);
  const role = arn.slice(nameStart, slash === -1 ? undefined : slash);
  if (role === "") return null;
  const sessionName =
    slash === -1
      ? ""
      : arn
          .slice(slash + 1)
          .split("/", 1)
          .join("");
  return { roleArn: `${arn.slice(0, start).replace(":sts:", ":iam:")}:role/${role}`, sessionName };
}

const ASSUMED = ":assumed-role/";
