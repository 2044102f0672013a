import type { Alert } from "../alerts/alert.ts";
import { redactFor, type TenantAlert } from "../alerts/redact.ts";

/** One place where alerts go. */
export interface Channel {
  /** Stable and unique among the channels: what a channel was told is remembered under its name. */
  readonly name: string;
  /**
   * Resolves once the place has taken the alert; rejects, with the cause, when it has not or may not have. Sending an
   * alert again is harmless: its id stays the same.
   */
  readonly send: (alert: Alert | TenantAlert) => Promise<void>;
}

/** A tenant's own feed: passes on to `channel` what concerns that tenant, redacted; the rest is not its business. */
export function tenantFeed(
  tenant: string,
  channel: Channel,
): { readonly name: string; readonly send: (alert: Alert) => Promise<void> } {
  return {
    name: channel.name,
    send: async (alert) => {
      const told = redactFor(alert, tenant);
      if (told !== null) await channel.send(told);
    },
  };
}
