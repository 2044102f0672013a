import { growthOf, type Grown } from "../../src/alerts/growth.ts";
import type { Alert } from "../../src/alerts/alert.ts";

/** What subscribers heard, held against what was to be told. */
export interface Heard {
  /** Alerts that the SOC did not hear, or not as far as they have grown, or that their tenant did not hear. */
  readonly lost: readonly string[];
  /** What was heard and is not to be. */
  readonly ghosts: readonly string[];
  /** Times that the SOC heard of an alert at a growth point, for each time that it was to. */
  readonly soundings: number;
}

type Told = Pick<Alert, "id"> & Grown;

export function compare(wanted: readonly Told[], soc: readonly Told[], tenants: readonly { id: string }[]): Heard {
  const reached = new Map<string, number>();
  for (const alert of soc) reached.set(alert.id, Math.max(growthOf(alert), reached.get(alert.id) ?? 0));
  const byTenants = new Set(tenants.map(({ id }) => id));
  const known = new Set(wanted.map(({ id }) => id));
  const isHeard = (alert: Told): boolean =>
    reached.get(alert.id) === growthOf(alert) && (alert.tenant === null || byTenants.has(alert.id));
  const points = new Set(soc.map((alert) => `${alert.id} ${growthOf(alert)}`));
  return {
    lost: wanted.filter((alert) => !isHeard(alert)).map(({ id }) => id),
    ghosts: [...new Set([...reached.keys(), ...byTenants])].filter((id) => !known.has(id)),
    soundings: points.size === 0 ? 0 : soc.length / points.size,
  };
}
