import type { Alert } from "../alerts/alert.ts";
import { redactFor, type TenantAlert } from "../alerts/redact.ts";

/** One place where alerts go. */
export interface Channel {
  /** Stable and unique among the channels: what a channel was told is remembered under its name. */
  readonly name: string;
  /**
   * Resolves once the place has taken the alert; rejects, with the cause, when it has not or may not have: with a
   * `Refusal` where the place says more than no. Sending an alert again is harmless: its id stays the same. `signal` ends
   * an attempt that takes too long.
   */
  readonly send: (alert: Alert | TenantAlert, signal?: AbortSignal) => Promise<void>;
}

/** What a place says along with its no. */
export interface RefusalTerms {
  /** Ask no earlier than after so long. */
  readonly retryAfterMs?: number;
  /** Asking again is in vain until a person has mended it: the place is gone, or its door is shut to us. */
  readonly permanent?: boolean;
}

/** A place's own no, as against a network that failed. */
export interface Refusal extends Error, RefusalTerms {}

const NAME = "Refusal";

export function refusal(message: string, terms: RefusalTerms, cause?: unknown): Refusal {
  return Object.assign(new Error(message, { cause }), { name: NAME, ...terms });
}

export function isRefusal(error: unknown): error is Refusal {
  return error instanceof Error && error.name === NAME;
}

/** A channel for whole alerts only: the SOC's, or a tenant's that redacts by itself. */
export interface AlertChannel {
  readonly name: string;
  readonly send: (alert: Alert, signal?: AbortSignal) => Promise<void>;
}

/** A tenant's own feed: passes on to `channel` what concerns that tenant, redacted; the rest is not its business. */
export function tenantFeed(tenant: string, channel: Channel): AlertChannel {
  return {
    name: channel.name,
    send: async (alert, signal) => {
      const told = redactFor(alert, tenant);
      if (told !== null) await channel.send(told, signal);
    },
  };
}
