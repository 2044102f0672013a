import type { Registrations } from "../../stores/registrations/registrations.ts";
import type { Vault } from "../../stores/vault/vault.ts";
import type { Incident } from "../../tenants/incident.ts";
import type { Digester } from "../../trail/external-id.ts";

/** Where customers are registered: the world of every use case in this folder, behind the CLI and the API alike. */
export interface Desk {
  readonly registrations: Registrations;
  readonly vault: Vault;
  readonly digester: Digester;
  /** Customers' roles are called by this and a random suffix. */
  readonly rolePrefix: string;
  /** `aws`, `aws-cn`, `aws-us-gov`: where customers' roles are. */
  readonly partition: string;
  /** Deletes a tenant's feed; one that is gone already is no failure. */
  readonly closeFeed: (topicArn: string) => Promise<void>;
  /** Tells the vendor's SOC; durable when it resolves. */
  readonly report: (incidents: readonly Incident[]) => Promise<unknown>;
  /** Epoch milliseconds. */
  readonly now: () => number;
}
