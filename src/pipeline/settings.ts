import { readFile } from "node:fs/promises";
import type { Suppression } from "../alerts/suppress.ts";
import { VERSION } from "../alerts/product.ts";
import type { Baseline } from "../config/baseline.ts";
import { defaultVendor, loadConfig, type Loaded } from "../config/load.ts";
import type { Detector, Severity } from "../detectors/detector.ts";
import { digester, type Digester } from "../trail/external-id.ts";
import type { DecodeOptions } from "../trail/record.ts";
import { isWatched } from "../outbound/use.ts";
import type { Vendor } from "../outbound/vendor.ts";

/** What every use case judges and tells by: the configuration, ready to use. */
export interface Settings {
  readonly vendor: Vendor;
  /** Those that are enabled. */
  readonly detectors: readonly Detector[];
  readonly digester: Digester;
  /** As configured; undefined: the detector's own. */
  readonly severityOf: (detector: string) => Severity | undefined;
  readonly suppressions: readonly Suppression[];
  /** Where the vendor's SOC is told; null where no topic is configured. */
  readonly socTopicArn: string | null;
  /** What is usual, learned before; null: it is learned from the days before each day. */
  readonly baseline: Baseline | null;
  readonly product: string;
}

/**
 * Settings from a configuration, or from none. `spareKey` (32 random bytes) digests external IDs where no key is
 * configured: such digests compare with each other, and with nothing else.
 */
export function settingsFrom(loaded: Loaded | null, detectors: readonly Detector[], spareKey: Uint8Array): Settings {
  return {
    vendor: loaded?.vendor ?? defaultVendor(),
    detectors: detectors.filter(({ id }) => loaded?.detectors.get(id)?.enabled !== false),
    digester: digester(loaded?.key ?? spareKey),
    severityOf: (id) => loaded?.detectors.get(id)?.severity,
    suppressions: loaded?.suppressions ?? [],
    socTopicArn: loaded?.channels.soc?.topic ?? null,
    baseline: null,
    product: VERSION,
  };
}

/** Where settings come from, as plain data: another thread makes the same ones of it. */
export interface SettingsSource {
  /** Path of `deputywatch.yaml`; null: none. */
  readonly configPath: string | null;
  readonly nowMs: number;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly spareKey: Uint8Array;
  /** Nobody is there to mend the configuration, as in a function; absent: somebody is. */
  readonly unattended?: boolean;
}

/** Loads the configuration and makes settings of it. Throws a mistake where it cannot be relied on. */
export async function settingsOf(
  { configPath, nowMs, env, spareKey, unattended = false }: SettingsSource,
  detectors: readonly Detector[],
): Promise<{ readonly settings: Settings; readonly warnings: readonly string[] }> {
  if (configPath === null) return { settings: settingsFrom(null, detectors, spareKey), warnings: [] };
  const detectorIds = detectors.map(({ id }) => id);
  const world = { nowMs, unattended, env, detectorIds, readFile: (path: string) => readFile(path, "utf8") };
  const loaded = await loadConfig(configPath, world);
  return { settings: settingsFrom(loaded, detectors, spareKey), warnings: loaded.warnings };
}

/** Event times may run ahead of the reader's clock by so much. */
const CLOCK_SKEW_MS = 10 * 60_000;

/** How records are decoded at this moment (epoch milliseconds). A vendor that names no role has none watched. */
export function decodingAt(
  { digester, vendor }: Pick<Settings, "digester"> & Partial<Pick<Settings, "vendor">>,
  nowMs: number,
): DecodeOptions {
  const named = vendor !== undefined && (vendor.outboundRoles.size > 0 || vendor.registry !== null);
  const watches = named ? (roleArn: string) => isWatched(roleArn, vendor) : undefined;
  return { digester, latestMs: nowMs + CLOCK_SKEW_MS, watches };
}
