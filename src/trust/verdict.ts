import { accountsNamed, callersToTry, STRANGER, type Callers } from "./callers.ts";
import { entries, MFA_KEYS, type Entry } from "./entries.ts";
import { about, ASSUME_ROLE, coversCaller } from "./evaluate.ts";
import { idsToTry, mentionsId } from "./ids.ts";
import type { Policy, Statement } from "./policy.ts";
import type { Caller } from "./principal.ts";
import { NO } from "./tri.ts";

/**
 * What a trust policy makes of a demand: `enforced`, nobody enters without; `missing`, it is not even asked for;
 * `bypassable`, it is asked for and somebody enters without all the same; `not-applicable`, nobody enters at all.
 */
export type Enforcement = "enforced" | "missing" | "bypassable" | "not-applicable";

/** Whether one foreign account's principals can assume the role, and how. */
export interface Verdict {
  readonly account: string;
  /** Enforced: never without an external ID, and never with one that the policy does not name. */
  readonly externalId: Enforcement;
  readonly mfa: Enforcement;
  readonly entries: readonly Entry[];
}

/** Requests asked of one policy, all accounts and statements together. */
const MOST_REQUESTS = 100_000;
/** Of one statement and account, however many there are. */
const FEWEST_REQUESTS = 500;

/**
 * Judges a policy for each of these accounts, for each that it names and for one that it does not, the role's own left
 * out; it is asked with every sort of request that it can tell apart. In the order of the accounts.
 */
export function verdicts(
  policy: Policy,
  {
    accounts,
    own,
    known,
  }: { readonly accounts: readonly string[]; readonly own: string | null; readonly known: Callers },
): readonly Verdict[] {
  const statements = about(policy, ASSUME_ROLE);
  const allows = statements.filter(({ effect }) => effect === "Allow");
  const denies = statements.filter(({ effect }) => effect === "Deny");
  const ids = idsToTry(statements);
  const all = new Set([...accounts, ...accountsNamed(statements), STRANGER]);
  if (own !== null) all.delete(own);
  const sorts = new Map<string, { readonly callers: readonly Caller[]; readonly accounts: string[] }>();
  for (const account of all) {
    const callers = callersToTry(account, statements, known);
    const sort = [...callers.keys()].sort().join(";");
    const alike = sorts.get(sort);
    if (alike === undefined) sorts.set(sort, { callers: [...callers.values()], accounts: [account] });
    else alike.accounts.push(account);
  }
  const most = Math.max(FEWEST_REQUESTS, MOST_REQUESTS / Math.max(1, sorts.size * allows.length));
  const judged = new Map<string, Verdict>();
  for (const { callers, accounts: alike } of sorts.values()) {
    const asked = { callers, ids, uniqueIds: known.uniqueIds, most };
    const found = allows.flatMap((allow) => entries(allow, denies, asked));
    const matter = statements.filter((statement) =>
      callers.some((caller) => coversCaller(statement, caller, known.uniqueIds) !== NO),
    );
    const verdict = {
      externalId: enforcement(found, ({ id }) => id === "right", matter.some(mentionsId)),
      mfa: enforcement(found, ({ mfa }) => mfa, matter.some(mentionsMfa)),
      entries: found,
    };
    for (const account of alike) judged.set(account, { account, ...verdict });
  }
  return [...all].flatMap((account) => judged.get(account) ?? []);
}

function enforcement(found: readonly Entry[], satisfies: (entry: Entry) => boolean, mentioned: boolean): Enforcement {
  if (found.length === 0) return "not-applicable";
  if (found.every(satisfies)) return "enforced";
  return mentioned ? "bypassable" : "missing";
}

function mentionsMfa({ conditions }: Statement): boolean {
  return conditions.some(({ key }) => MFA_KEYS.has(key));
}

/** The worst of several: what is missing is worse than what can be bypassed. */
export function worst(verdicts: readonly Enforcement[]): Enforcement {
  for (const each of ["missing", "bypassable", "enforced"] as const) if (verdicts.includes(each)) return each;
  return "not-applicable";
}
