import { holds, type Value } from "./condition.ts";
import { matches } from "./pattern.ts";
import type { Policy, Statement } from "./policy.ts";
import { names, outside, type Caller, type UniqueIds } from "./principal.ts";
import { MAYBE, NO, YES, type Tri } from "./tri.ts";

/** One concrete request to assume the role. */
export interface Request {
  readonly caller: Caller;
  /** Key in lower case → its value; what is not here is absent, apart from what follows from the caller. */
  readonly context: ReadonlyMap<string, Value>;
}

export const ASSUME_ROLE = "sts:assumerole";

/** Whether a statement speaks of an action at all; in lower case, as actions are compared ignoring case. */
export function coversAction({ actions: { except, globs } }: Statement, action: string): boolean {
  return globs.some((glob) => matches(glob, action)) !== except;
}

/** Whether a statement speaks of this caller, by its Principal or NotPrincipal. */
export function coversCaller({ principals }: Statement, caller: Caller, uniqueIds: UniqueIds): Tri {
  if (principals.except) return outside(principals.list, caller, uniqueIds);
  let some: Tri = NO;
  for (const each of principals.list) {
    const one = names(each, caller, uniqueIds);
    if (one > some) some = one;
  }
  return some;
}

/** Whether all of a statement's conditions hold. */
export function meets({ conditions }: Statement, { caller, context }: Request): Tri {
  let all: Tri = YES;
  for (const each of conditions) {
    const fixed = impliedBy(caller, each.key);
    const one = holds(each, fixed === undefined ? (context.get(each.key) ?? null) : fixed);
    if (one < all) all = one;
    if (all === NO) break;
  }
  return all;
}

/**
 * Keys that every request has or lacks because of who calls and how: STS answers over TLS only, and the keys of identity
 * providers and of services that act for a resource are not in the request of a role or user of another account.
 * Undefined where a key is free.
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html
 */
export function impliedBy(caller: Caller, key: string): string | null | undefined {
  switch (key) {
    case "aws:principalarn":
      return caller.arn;
    case "aws:principalaccount":
      return caller.account;
    case "aws:principaltype":
      return caller.type;
    case "aws:username":
      return caller.type === "User" ? caller.arn.slice(caller.arn.lastIndexOf("/") + 1) : null;
    case "aws:securetransport":
      return "true";
    case "aws:principalisawsservice":
    case "aws:viaawsservice":
      return "false";
    case "aws:sourcearn":
    case "aws:sourceaccount":
    case "aws:sourceorgid":
    case "aws:sourceorgpaths":
      return null;
    default:
      return /^(?:saml:|[^:]*[./])/.test(key) ? null : undefined;
  }
}

/**
 * IAM's logic: an explicit Deny beats every Allow, and without an Allow nothing is allowed. What may be is decided for
 * the intruder: an Allow counts where it may apply, a Deny only where it surely does.
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html
 */
export function decide(statements: readonly Statement[], request: Request, uniqueIds: UniqueIds): Tri {
  let allowed: Tri = NO;
  let doubted = false;
  for (const statement of statements) {
    if (statement.effect === "Allow" && allowed === YES) continue;
    const caller = coversCaller(statement, request.caller, uniqueIds);
    if (caller === NO) continue;
    const met = meets(statement, request);
    const sure = met < caller ? met : caller;
    if (statement.effect === "Allow" && sure > allowed) allowed = sure;
    if (statement.effect === "Deny" && sure === YES) return NO;
    if (statement.effect === "Deny" && sure === MAYBE) doubted = true;
  }
  return doubted && allowed === YES ? MAYBE : allowed;
}

/** The statements that speak of an action; the others cannot matter to it. */
export function about(policy: Policy, action: string): readonly Statement[] {
  return policy.statements.filter((statement) => coversAction(statement, action));
}
