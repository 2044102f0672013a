import { parseArn, sessionOf, withoutPath } from "../trail/arn.ts";
import { MAYBE, NO, YES, type Tri } from "./tri.ts";

/**
 * Whom a statement names, read by kind.
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html
 */
export type Principal =
  | { readonly kind: "anyone" }
  /** `arn:aws:iam::A:root` or `A`: not the root user alone but everyone to whom the account gives leave. */
  | { readonly kind: "account"; readonly account: string }
  /** A role, a user, or one session of a role or of a federated user. */
  | { readonly kind: "identity"; readonly account: string; readonly arn: string }
  /** `AROA…`, `AIDA…`: what remains of a role or user that was deleted, or, as written by hand, a living one. */
  | { readonly kind: "unique-id"; readonly id: string }
  | { readonly kind: "service"; readonly name: string }
  | { readonly kind: "federated"; readonly name: string }
  /** CanonicalUser, and what no other kind fits, such as an ARN with a wildcard; the account where it can be told. */
  | { readonly kind: "other"; readonly type: string; readonly account: string | null };

/** One value of a Principal element, under its type: `AWS`, `Service`, `Federated`, `CanonicalUser`. */
export function principal(type: string, text: string): Principal {
  if (type === "Service") return { kind: "service", name: text };
  if (type === "Federated") return { kind: "federated", name: text };
  if (type !== "AWS") return { kind: "other", type, account: null };
  if (text === "*") return { kind: "anyone" };
  if (/^\d{12}$/.test(text)) return { kind: "account", account: text };
  if (/^A(?:ROA|IDA)[A-Z0-9]{4,124}$/.test(text)) return { kind: "unique-id", id: text };
  const arn = parseArn(text);
  const account = arn !== null && /^\d{12}$/.test(arn.account) ? arn.account : null;
  if (arn === null || account === null || /[*?$]/.test(text)) return { kind: "other", type, account };
  if (arn.service === "iam" && arn.resource === "root") return { kind: "account", account };
  return { kind: "identity", account, arn: text };
}

/** Who calls: always three at once, a session, its role, its account; a user is two. */
export interface Caller {
  readonly account: string;
  readonly type: "AssumedRole" | "User" | "Account" | "FederatedUser";
  /** What `aws:PrincipalArn` holds: the role's, with its path, or the user's, or the account's root. */
  readonly arn: string;
  /** The session's; null for whom has none. */
  readonly session: string | null;
}

/** The caller behind an ARN that a policy or a configuration names; a role stands for any session of it. */
export function callerOf(arn: string): Caller | null {
  const parsed = parseArn(arn);
  if (parsed === null) return null;
  const { account, resource } = parsed;
  const role = sessionOf(arn);
  if (role !== null) return { account, type: "AssumedRole", arn: role.roleArn, session: arn };
  if (resource.startsWith("role/")) return { account, type: "AssumedRole", arn, session: `${arn}#${ANY_SESSION}` };
  if (resource.startsWith("federated-user/")) return { account, type: "FederatedUser", arn, session: arn };
  if (resource === "root") return { account, type: "Account", arn, session: null };
  return { account, type: "User", arn, session: null };
}

/** No session is named so. */
const ANY_SESSION = "*";

/** How sure it is that a deleted-looking id may be somebody. */
export type UniqueIds = "dead" | "unknown";

/** Whether this principal is the caller, by any of the caller's names. */
export function names(named: Principal, caller: Caller, uniqueIds: UniqueIds): Tri {
  switch (named.kind) {
    case "anyone":
      return YES;
    case "account":
      return named.account === caller.account ? YES : NO;
    case "identity":
      return isIdentity(named.arn, caller) ? YES : NO;
    case "unique-id":
      return uniqueIds === "dead" ? NO : MAYBE;
    case "service":
    case "federated":
      return NO;
    case "other":
      return named.type === "AWS" && (named.account ?? caller.account) === caller.account ? MAYBE : NO;
  }
}

/** A role's name is unique in its account, and its sessions' ARNs lack its path: so roles are compared without. */
function isIdentity(arn: string, caller: Caller): boolean {
  return arn === caller.session || arn === caller.arn || withoutPath(arn) === withoutPath(caller.arn);
}

/**
 * Whether the caller is outside a NotPrincipal list. Sure where none of its names is on it, and where its most exact one
 * is; where only its account or its role is, AWS may look at either first.
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_notprincipal.html
 */
export function outside(list: readonly Principal[], caller: Caller, uniqueIds: UniqueIds): Tri {
  let best: Tri = YES;
  for (const each of list) {
    const named = names(each, caller, uniqueIds);
    if (named === NO) continue;
    if (each.kind === "anyone" || (each.kind === "identity" && exactly(each.arn, caller))) return NO;
    best = MAYBE;
  }
  return best;
}

function exactly(arn: string, caller: Caller): boolean {
  return arn === (caller.session ?? caller.arn);
}
