import type { Registry } from "../tenants/registry.ts";
import { withoutPath } from "../trail/arn.ts";
import type { Call } from "../trail/call.ts";
import { DAY_MS } from "./counts.ts";
import { DAYS_SEEN } from "./proposal.ts";
import { isByHand, rememberingKeys } from "./survey.ts";

/** A role of somebody's that went into accounts which are not its own. */
export interface Wanderer {
  readonly arn: string;
  readonly calls: number;
  /** Foreign accounts, up to the thousandth. */
  readonly accounts: number;
  readonly days: number;
}

/** What looks like an outbound role, and what only looks a little like one. */
export interface Discovered {
  readonly outbound: readonly Wanderer[];
  /** Entered two foreign accounts or more, and was not there on enough days: a mistake, an experiment, or a theft. */
  readonly passing: readonly Wanderer[];
}

/** Looks for the roles that enter customers' accounts in a trail that comes without a list of them. */
export interface Discovery {
  readonly see: (call: Call) => void;
  readonly found: () => Discovered;
}

const FOREIGN_ACCOUNTS = 2;
const MOST = { roles: 2_000, accounts: 1_000 } as const;

/**
 * An outbound role is one that assumes roles in two or more foreign accounts, on three days or on all there are. Foreign
 * is what the registry knows as a customer's; without a registry, whatever is neither the role's account nor one of
 * `own`. Calls by people do not count.
 */
export function discovery(own: ReadonlySet<string>, registry: Registry | null): Discovery {
  const roles = new Map<string, { arn: string; calls: number; accounts: Set<string>; days: Set<number> }>();
  const isKnown = rememberingKeys();
  const days = new Set<number>();
  return {
    see: ({ key, timeMs, outcome, caller, target }) => {
      const { roleArn } = caller;
      const { account } = target;
      if (roleArn === null || account === null || outcome !== "allowed" || isByHand(caller)) return;
      if (account === caller.account || own.has(account) || registry?.knowsAccount(account) === false) return;
      if (own.size > 0 && !own.has(caller.account ?? "")) return;
      if (isKnown(key)) return;
      const day = Math.floor(timeMs / DAY_MS);
      days.add(day);
      const bare = withoutPath(roleArn);
      const role = roles.get(bare) ?? { arn: roleArn, calls: 0, accounts: new Set(), days: new Set() };
      if (roles.size < MOST.roles) roles.set(bare, role);
      if (roleArn.length > role.arn.length) role.arn = roleArn;
      role.calls++;
      role.days.add(day);
      if (role.accounts.size < MOST.accounts) role.accounts.add(account);
    },
    found: () => {
      const enough = Math.min(DAYS_SEEN, days.size);
      const wanderers = [...roles.values()]
        .filter(({ accounts }) => accounts.size >= FOREIGN_ACCOUNTS)
        .map((role) => ({ ...role, accounts: role.accounts.size, days: role.days.size }))
        .sort((a, b) => (a.arn < b.arn ? -1 : 1));
      return {
        outbound: wanderers.filter((role) => role.days >= enough),
        passing: wanderers.filter((role) => role.days < enough),
      };
    },
  };
}
