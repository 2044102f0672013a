import type { Outbox } from "../stores/outbox/outbox.ts";
import type { Store } from "../stores/store.ts";
import type { Incident } from "../tenants/incident.ts";
import { announce } from "./announce.ts";
import { judge } from "./judge.ts";
import type { Settings } from "./settings.ts";

/** Judges what the vendor's desk met with and puts the alerts into the outbox, by the one way that all alerts go. */
export async function report(
  incidents: readonly Incident[],
  { settings, store, outbox }: { readonly settings: Settings; readonly store: Store; readonly outbox: Outbox },
): Promise<number> {
  if (incidents.length === 0) return 0;
  const { vendor, detectors } = settings;
  const { verdicts } = await judge({ calls: [], changes: [], incidents }, { vendor, detectors, store });
  return (await announce(verdicts, settings, outbox)).announced;
}
