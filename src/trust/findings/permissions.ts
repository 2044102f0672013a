import { breadth, type Breadth } from "../permissions.ts";
import type { Finder, Finding, Severity } from "./finding.ts";

const KINDS: Readonly<Record<Breadth, { readonly id: string; readonly severity: Severity; readonly why: string }>> = {
  everything: { id: "permissions-everything", severity: "high", why: "allows every action on every resource" },
  iam: {
    id: "permissions-iam",
    severity: "high",
    why: "allows IAM to be changed at will, and with it every permission of the account to be taken",
  },
  "pass-role": {
    id: "permissions-pass-role",
    severity: "high",
    why: "allows any role to be passed to any service, and so to act as the strongest of them",
  },
  "assume-role": {
    id: "permissions-assume-role",
    severity: "high",
    why: "allows sts:AssumeRole on every role, so that the way does not end here",
  },
  "aws-managed": {
    id: "permissions-aws-managed",
    severity: "low",
    why: "is AWS's own policy: broader than one integration needs, and changed by AWS without notice",
  },
};

/**
 * `permissions-…`: what whoever enters may do, where the input tells: only for roles that somebody from outside can
 * assume. Denies and permissions boundaries are not weighed against what an Allow says.
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/best-practices.html#grant-least-privilege
 */
export const permissions: Finder = ({ accounts, permissions: attached }) => {
  if (attached === null || accounts.every(({ entries }) => entries.length === 0)) return [];
  const findings = new Map<string, Finding>();
  for (const each of attached) {
    for (const kind of breadth(each)) {
      const { id, severity, why } = KINDS[kind];
      findings.set(`${id} ${each.name}`, {
        ...{ id, severity, statement: null },
        why: `${each.name.slice(0, 200)} ${why}.`,
        fix: "Write a policy with the actions that the integration calls, on the resources that it reads.",
      });
    }
  }
  return [...findings.values()];
};
