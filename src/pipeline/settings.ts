import { readFile } from "node:fs/promises";
import type { Suppression } from "../alerts/suppress.ts";
import { VERSION } from "../alerts/product.ts";
import type { Baseline } from "../config/baseline.ts";
import { defaultVendor, loadConfig, type Loaded, type Renewal } from "../config/load.ts";
import type { Detector, Severity } from "../detectors/detector.ts";
import type { Registration } from "../tenants/tenant.ts";
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
  /** The registry's table as it was read before, so that another thread judges by the same; absent: it is read. */
  readonly registrations?: readonly Registration[];
  /** Nobody is there to mend the configuration, as in a function; absent: somebody is. */
  readonly unattended?: boolean;
}

/** Settings, and what was learned while they were made. */
export interface SettingsMade {
  readonly settings: Settings;
  readonly warnings: readonly string[];
  /** How the registry is read anew; null: there is none. */
  readonly renewal: Renewal | null;
  /** Makes the same settings once more, elsewhere. */
  readonly source: SettingsSource;
}

/** Loads the configuration and makes settings of it. Throws a mistake where it cannot be relied on. */
export async function settingsOf(given: SettingsSource, detectors: readonly Detector[]): Promise<SettingsMade> {
  const { configPath, nowMs, env, spareKey, unattended = false } = given;
  if (configPath === null) {
    return { settings: settingsFrom(null, detectors, spareKey), warnings: [], renewal: null, source: given };
  }
  let { registrations } = given;
  const loaded = await loadConfig(configPath, {
    ...{ nowMs, unattended, env },
    detectorIds: detectors.map(({ id }) => id),
    readFile: (path: string) => readFile(path, "utf8"),
    readTable: async (table) => (registrations = given.registrations ?? (await readTable(table))),
  });
  const source = registrations === undefined ? given : { ...given, registrations };
  return {
    settings: settingsFrom(loaded, detectors, spareKey),
    warnings: loaded.warnings,
    renewal: loaded.renewal,
    source,
  };
}

/** The registry in a DynamoDB table. The SDK takes long to load, and is loaded only for a table. */
async function readTable(table: string): Promise<readonly Registration[]> {
  const { openDynamoRegistrations } = await import("../stores/registrations/dynamodb.ts");
  const registrations = openDynamoRegistrations(table);
  try {
    return (await registrations.all()).map(({ registration }) => registration);
  } finally {
    await registrations.close();
  }
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
