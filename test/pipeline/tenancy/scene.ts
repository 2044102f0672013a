import { memoryRegistrations } from "../../../src/stores/registrations/memory.ts";
import type { Registrations } from "../../../src/stores/registrations/registrations.ts";
import { memoryVault } from "../../../src/stores/vault/memory.ts";
import type { Vault } from "../../../src/stores/vault/vault.ts";
import type { Desk } from "../../../src/pipeline/tenancy/desk.ts";
import type { Incident } from "../../../src/tenants/incident.ts";
import type { Registration } from "../../../src/tenants/tenant.ts";
import { digester } from "../../../src/trail/external-id.ts";

export const DAY_MS = 86_400_000;
export const MORNING_MS = Date.UTC(2026, 10, 20, 10);
export const ACCOUNT = "111122223333";
export const OTHER = "444455556666";

/** A desk whose clock the test moves, and what it reported and closed. */
export interface DeskScene extends Desk {
  readonly clock: { nowMs: number };
  readonly incidents: Incident[];
  readonly closed: string[];
  /** The registration of an account. */
  readonly at: (account: string) => Promise<Registration | null>;
}

export function deskScene(given: { registrations?: Registrations; vault?: Vault } = {}): DeskScene {
  const clock = { nowMs: MORNING_MS };
  const incidents: Incident[] = [];
  const closed: string[] = [];
  const { registrations = memoryRegistrations(), vault = memoryVault() } = given;
  return {
    registrations,
    vault,
    digester: digester(new Uint8Array(32).fill(7)),
    rolePrefix: "Vendor",
    partition: "aws",
    closeFeed: (topicArn) => Promise.resolve(void closed.push(topicArn)),
    report: (some) => Promise.resolve(incidents.push(...some)),
    now: () => clock.nowMs,
    clock,
    incidents,
    closed,
    at: async (account) => (await registrations.of(account))?.registration ?? null,
  };
}

/** Changes an account's registration as `verify` would when it saw the role demand its ID. */
export async function verified(desk: DeskScene, account: string): Promise<void> {
  await changed(desk, account, { status: "active", verifiedMs: desk.now() });
}

export async function changed(desk: DeskScene, account: string, change: Partial<Registration>): Promise<void> {
  const held = await desk.registrations.of(account);
  if (held === null) throw new Error("the scene has no such account");
  const [done] = await desk.registrations.replace([{ held, next: { ...held.registration, ...change } }]);
  if (done !== true) throw new Error("the scene changed under the test's hands");
}
