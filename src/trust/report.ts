import { STRANGER } from "./callers.ts";
import type { TrustAudit } from "./audit.ts";
import type { Finding } from "./findings/index.ts";
import type { Enforcement } from "./verdict.ts";

/** One role as `audit` tells it: public interface, extended and never broken. Holds no external ID. */
export interface TrustReport {
  readonly role: string | null;
  /** The input's name as the user knows it. */
  readonly source: string;
  /** Where in the input the policy stands; empty for all of it. */
  readonly where: string;
  readonly crossAccount: boolean;
  readonly externalId: Enforcement;
  readonly mfa: Enforcement;
  readonly iam050: "pass" | "fail" | "not-applicable";
  /** The judged accounts that can enter; `*` is any that the policy does not name. */
  readonly accounts: readonly {
    readonly account: string;
    readonly externalId: Enforcement;
    readonly mfa: Enforcement;
  }[];
  readonly findings: readonly Finding[];
}

/** An audit without what only further judging needs; `more` are findings that needed other roles to be seen. */
export function reported(
  audit: TrustAudit,
  { source, where, more }: { readonly source: string; readonly where: string; readonly more: readonly Finding[] },
): TrustReport {
  const { role, crossAccount, externalId, mfa, iam050, findings } = audit;
  const accounts = audit.accounts
    .filter(({ entries }) => entries.length > 0)
    .map((each) => ({
      account: each.account === STRANGER ? "*" : each.account,
      externalId: each.externalId,
      mfa: each.mfa,
    }));
  return { role, source, where, crossAccount, externalId, mfa, iam050, accounts, findings: [...findings, ...more] };
}
