import type { Lifetime } from "./lifetime.ts";
import type { Pause } from "./pause.ts";
import type { Table } from "./table.ts";

/** What every write stands on. */
export interface Ground {
  readonly table: Table;
  readonly life: Lifetime;
  readonly pause: Pause;
}
