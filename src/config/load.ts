import { basename, dirname, resolve } from "node:path";
import { escapeText } from "../alerts/escape.ts";
import type { Suppression } from "../alerts/suppress.ts";
import { versionOf } from "../memory/version.ts";
import { buildTable } from "../ranges/cidr.ts";
import type { OwnedPool, Whereabouts } from "../ranges/place.ts";
import { readPublished, type Published } from "../ranges/published.ts";
import type { Registry } from "../tenants/registry.ts";
import type { Registration } from "../tenants/tenant.ts";
import { accountOf, withoutPath } from "../trail/arn.ts";
import type { OutboundRole, Vendor } from "../outbound/vendor.ts";
import { detectorSettings, type DetectorSetting, type Refuse } from "./detectors.ts";
import { codeOf, readKey } from "./key.ts";
import { mistake } from "./mistake.ts";
import { readRegistry } from "./registry.ts";
import { readConfiguration, type ReadConfiguration } from "./schema.ts";
import { checkedSuppressions, idleSuppressions } from "./suppressions.ts";

/** What loading needs of the world. */
export interface LoadWorld {
  /** Epoch milliseconds: suppressions end by it, and lists grow old. */
  readonly nowMs: number;
  /** Nobody is there to mend the configuration; absent: somebody is. */
  readonly unattended?: boolean;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The detectors there are, in any order. */
  readonly detectorIds: readonly string[];
  /** Rejects as `node:fs/promises` does. The path is absolute, or the configuration's own as given. */
  readonly readFile: (path: string) => Promise<string>;
  /** Reads a registry from a table, all of it or not at all; absent: a table is refused. */
  readonly readTable?: (table: string) => Promise<readonly Registration[]>;
}

/** How the registry is read anew, by whoever runs for longer than it stays as it is. */
export interface Renewal {
  /** The registry's file; null: it is in a table. */
  readonly file: string | null;
  /** When it was read; epoch milliseconds. */
  readonly readMs: number;
  /** The vendor by the registry as it is now. Rejects with a mistake where it cannot be relied on. */
  readonly read: () => Promise<Vendor>;
}

/** A configuration with everything that it names, read, checked and indexed. */
export interface Loaded {
  readonly vendor: Vendor;
  /** Detectors that are not in it are enabled, with the severity of their own. */
  readonly detectors: ReadonlyMap<string, DetectorSetting>;
  readonly suppressions: readonly Suppression[];
  readonly channels: { readonly soc: { readonly topic: string } | null };
  /** The key of external IDs' digests; null where none is configured. */
  readonly key: Uint8Array | null;
  /** Null where no registry is configured. */
  readonly renewal: Renewal | null;
  /** Sentences for the user: what is usable and yet not as it should be. */
  readonly warnings: readonly string[];
}

/** What is known without any configuration: nothing, so nobody is accused by a list. */
export function defaultVendor(): Vendor {
  return {
    accounts: new Set(),
    outboundRoles: new Map(),
    whereabouts: { pools: [], endpoints: new Map(), aws: null },
    registry: null,
    digestsComparable: false,
    trailResources: [],
    falseAlarmsPerMonth: 1,
    versions: { config: "none", ranges: "none" },
  };
}

/** The configuration while it is loaded; `refuse` makes the mistake for a key, with its place in the file. */
interface Loading extends ReadConfiguration {
  readonly world: LoadWorld;
  readonly warnings: string[];
  readonly pathTo: (file: string) => string;
  readonly refuse: Refuse;
}

/**
 * Reads `deputywatch.yaml` and the lists it names; paths in it are relative to it. Throws a mistake for the first thing
 * that cannot be relied on: half a registry or half a list of ranges would accuse the wrong people.
 */
export async function loadConfig(path: string, world: LoadWorld): Promise<Loaded> {
  const text = await world.readFile(path).catch((cause: unknown) => {
    const hint = "name another one with --config";
    throw mistake(`the configuration ${path} cannot be read (${codeOf(cause)})`, hint, cause);
  });
  const read = readConfiguration(text, path);
  const loading: Loading = {
    ...read,
    world,
    warnings: [],
    pathTo: (file) => resolve(dirname(path), file),
    refuse: (at, sentence, hint, cause) => mistake(`${read.whereIs(at)}: ${sentence}`, hint ?? null, cause),
  };
  const { configuration } = read;
  const { nowMs, detectorIds, unattended = false } = world;
  const detectors = detectorSettings(configuration.detectors, detectorIds, loading.refuse);
  const suppressions = checkedSuppressions({
    ...{ configuration, nowMs, detectorIds, unattended },
    ...{ refuse: loading.refuse, warnings: loading.warnings },
  });
  const outboundRoles = rolesByArn(loading);
  const key = await configuredKey(loading);
  const reading = registryReading(loading);
  const registry = reading === null ? null : await reading();
  const { whereabouts, version } = await configuredRanges(loading);
  const vendorBy = (known: Registry | null): Vendor => ({
    accounts: new Set(configuration.vendor?.accounts),
    outboundRoles,
    whereabouts,
    registry: known,
    digestsComparable: key !== null,
    trailResources: configuration.trailResources,
    falseAlarmsPerMonth: configuration.alerting.falseAlarmsPerMonth,
    versions: { config: versionOfContent([configuration, known?.roles ?? null]), ranges: version },
  });
  loading.warnings.push(...idleSuppressions(suppressions, registry));
  if (registry?.roles.length === 0) {
    loading.warnings.push(
      "tenants.table holds no customer yet: until it does, every role that is entered is a stranger's",
    );
  }
  if (key === null && registry?.roles.some(({ externalId }) => externalId !== null)) {
    loading.warnings.push(
      "externalIds.key is not configured: external IDs cannot be held against the registry's digests",
    );
  }
  return {
    vendor: vendorBy(registry),
    detectors,
    suppressions,
    channels: { soc: configuration.channels.soc ?? null },
    key,
    renewal:
      reading === null
        ? null
        : { ...registryFile(loading), readMs: nowMs, read: async () => vendorBy(await reading()) },
    warnings: loading.warnings,
  };
}

function rolesByArn({ configuration, refuse }: Loading): ReadonlyMap<string, OutboundRole> {
  const accounts = configuration.vendor?.accounts ?? [];
  const roles = new Map<string, OutboundRole>();
  for (const [index, role] of configuration.outboundRoles.entries()) {
    const at = ["outboundRoles", index, "arn"];
    if (accounts.length > 0 && !accounts.includes(accountOf(role.arn) ?? "")) {
      throw refuse(at, "the role is in none of the vendor's accounts", "add its account to vendor.accounts");
    }
    const bare = withoutPath(role.arn);
    if (roles.has(bare)) throw refuse(at, "the role is listed twice");
    roles.set(bare, {
      arn: role.arn,
      workload: role.workload,
      callers: role.callers ?? null,
      regions: role.regions ?? null,
      sessionNames: role.sessionNames ?? null,
      learnSinceMs: role.learnSince ?? null,
      cadence: role.cadence === undefined ? null : { perTarget: role.cadence.perTarget, everyMs: role.cadence.every },
      sessionPolicy: role.sessionPolicy,
      maxDurationSeconds: role.maxDuration === undefined ? null : role.maxDuration / 1000,
    });
  }
  return roles;
}

async function configuredKey({ configuration, world, whereIs, pathTo }: Loading): Promise<Uint8Array | null> {
  if (configuration.externalIds === undefined) return null;
  const readFile = (file: string): Promise<string> => world.readFile(pathTo(file));
  return readKey(configuration.externalIds.key, whereIs(["externalIds", "key"]), { env: world.env, readFile });
}

/** Reads the registry as it is at that time, each time; null: none is configured. */
function registryReading(loading: Loading): (() => Promise<Registry>) | null {
  const { configuration, refuse, world } = loading;
  const { tenants } = configuration;
  if (tenants === undefined) return null;
  const readNamed = (file: string, at: readonly PropertyKey[]): Promise<string> => namedFile(loading, file, at);
  return () => readRegistry({ tenants, refuse, readNamed, readTable: world.readTable });
}

function registryFile({ configuration, pathTo }: Loading): Pick<Renewal, "file"> {
  const file = configuration.tenants?.file;
  return { file: file === undefined ? null : pathTo(file) };
}

async function configuredRanges(loading: Loading): Promise<{ whereabouts: Whereabouts; version: string }> {
  const { ranges } = loading.configuration;
  const pools: OwnedPool[] = [];
  const endpoints = new Map<string, string>();
  const contents: unknown[] = [];
  const names = new Set<string>();
  let aws: Whereabouts["aws"] = null;
  for (const [
    index,
    { name, cidrs, vpcEndpoints, file, select = [], url, maxAge, labels = false },
  ] of ranges.entries()) {
    const at = ["ranges", index];
    if (names.has(name)) throw loading.refuse([...at, "name"], "another range has this name");
    names.add(name);
    if (url !== undefined) {
      const hint = "save the list beside the configuration and name it with file:";
      throw loading.refuse([...at, "url"], "lists behind a URL are fetched by the deployed refresher", hint);
    }
    for (const endpoint of vpcEndpoints ?? []) endpoints.set(endpoint, name);
    if (cidrs !== undefined) {
      pools.push({ name, table: buildTable(cidrs.map((cidr) => ({ cidr, region: null, service: null }))) });
    }
    if (file === undefined) {
      contents.push([name, cidrs?.map(({ text }) => text) ?? null, vpcEndpoints ?? null]);
      continue;
    }
    const text = await namedFile(loading, file, [...at, "file"]);
    const published = readPublished(text, { name: basename(file), select });
    checkPublished(loading, published, { at, file, maxAgeMs: maxAge ?? null });
    contents.push([name, labels, select, text]);
    const table = buildTable(published.entries);
    if (!labels) pools.push({ name, table });
    else if (aws === null) aws = table;
    else throw loading.refuse([...at, "labels"], "only one list can label addresses");
  }
  const version = ranges.length === 0 ? defaultVendor().versions.ranges : versionOfContent(contents);
  return { whereabouts: { pools, endpoints, aws }, version };
}

/** A list without a range is refused; one with unreadable entries, or an old one, is used and said to be so. */
function checkPublished(
  { refuse, world, warnings }: Loading,
  { entries, rejects, publishedAtMs }: Published,
  { at, file, maxAgeMs }: { at: readonly PropertyKey[]; file: string; maxAgeMs: number | null },
): void {
  const [reject] = rejects;
  const reason = escapeText(reject?.reason ?? "");
  if (entries.length === 0) throw refuse([...at, "file"], `there is no usable range in ${basename(file)}: ${reason}`);
  if (reject !== undefined) warnings.push(`${file}: ${rejects.length} entries left out, the first: ${reason}`);
  if (maxAgeMs === null) return;
  if (publishedAtMs === null) warnings.push(`${file}: does not say when it was published, so maxAge was not checked`);
  else if (world.nowMs - publishedAtMs > maxAgeMs) {
    const hours = Math.floor((world.nowMs - publishedAtMs) / 3_600_000);
    warnings.push(`${file}: published ${hours} hours ago, longer than maxAge; new addresses are taken for strangers'`);
  }
}

async function namedFile(
  { world, pathTo, refuse }: Loading,
  file: string,
  at: readonly PropertyKey[],
): Promise<string> {
  const path = pathTo(file);
  return world.readFile(path).catch((cause: unknown) => {
    const hint = "paths are relative to the configuration file";
    throw refuse(at, `${path} cannot be read (${codeOf(cause)})`, hint, cause);
  });
}

/** Changes whenever what was loaded does, and not with the order of keys, comments or layout. */
function versionOfContent(content: unknown): string {
  const canonical = JSON.stringify(content, (_, value: unknown) =>
    typeof value === "object" && value !== null && !Array.isArray(value)
      ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
      : value,
  );
  return versionOf(canonical);
}
