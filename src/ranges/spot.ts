/** One value of a published JSON document, and what was said on the way to it. */
export interface Spot {
  readonly value: unknown;
  /** Property or index under which `parent` holds it; null for the document. */
  readonly key: string | number | null;
  readonly parent: Spot | null;
  readonly depth: number;
  /** Labels in force here: the nearest ones win. */
  readonly region: string | null;
  readonly service: string | null;
}

const REGION_KEYS = ["region", "scope"];
const SERVICE_KEYS = ["service", "product", "systemService", "serviceArea", "tags"];

/** Keys that only say that ranges follow; any other key of a container is a name that its publisher gave them. */
const STRUCTURE = /prefix|cidr|range|address|^(?:ips?|items|values|properties|data|regions|networks)$/i;

/** As in Zscaler's list: `city : Amsterdam II`. */
const PLACE_KEY = /^(?:continent|city) : (.+)$/;

export function documentSpot(value: unknown): Spot {
  return labelled({ value, key: null, parent: null, depth: 0, region: null, service: null });
}

/** The value that `spot` holds under `key`. */
export function childSpot(spot: Spot, key: string | number, value: unknown): Spot {
  const { region, service } = spot;
  const child = { value, key, parent: spot, depth: spot.depth + 1, region, service };
  return typeof value === "object" && value !== null ? labelled(named(child)) : child;
}

/** An array's elements or an object's properties; none of anything else. */
export function* childSpots(spot: Spot): Generator<Spot> {
  const { value } = spot;
  if (Array.isArray(value)) {
    for (const [index, element] of (value as readonly unknown[]).entries()) yield childSpot(spot, index, element);
  } else if (isRecord(value)) {
    for (const [key, property] of Object.entries(value)) yield childSpot(spot, key, property);
  }
}

export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** `prefixes[12].ip_prefix`, for people. */
export function whereIs(spot: Spot): string {
  return join(
    spot,
    (key) => key,
    (index) => `[${index}]`,
  );
}

/** `prefixes[].ip_prefix`: the selector of this spot and its like. A key that no selector can spell is `*`. */
export function selectorOf(spot: Spot): string {
  return join(
    spot,
    (key) => (/[.[\]=*]/.test(key) ? "*" : key),
    () => "[]",
  );
}

function join(spot: Spot, ofKey: (key: string) => string, ofIndex: (index: number) => string): string {
  if (spot.parent === null || spot.key === null) return "";
  const before = join(spot.parent, ofKey, ofIndex);
  if (typeof spot.key === "number") return before + ofIndex(spot.key);
  return before === "" ? ofKey(spot.key) : `${before}.${ofKey(spot.key)}`;
}

/** Publishers also label by the key itself: `"actions": ["4.148.0.0/16"]`. */
function named(spot: Spot): Spot {
  const { key, parent } = spot;
  if (typeof key !== "string") return spot;
  const place = PLACE_KEY.exec(key)?.[1];
  if (place !== undefined) return { ...spot, region: place };
  if (typeof parent?.key === "string" && parent.key.endsWith("_by_location")) return { ...spot, region: key };
  return STRUCTURE.test(key) ? spot : { ...spot, service: key };
}

function labelled(spot: Spot): Spot {
  const { value } = spot;
  if (!isRecord(value)) return spot;
  const region = firstLabel(value, REGION_KEYS) ?? spot.region;
  const service = firstLabel(value, SERVICE_KEYS) ?? spot.service;
  return region === spot.region && service === spot.service ? spot : { ...spot, region, service };
}

/** Text, or a list of texts joined by commas. Empty is as good as absent. */
function firstLabel(record: Readonly<Record<string, unknown>>, keys: readonly string[]): string | null {
  for (const key of keys) {
    const label = record[key];
    const text = Array.isArray(label) ? label.filter((part) => typeof part === "string").join(",") : label;
    if (typeof text === "string" && text !== "") return text;
  }
  return null;
}
