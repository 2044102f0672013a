import { attacks, type Expected } from "./attacks.ts";
import { background } from "./background.ts";
import { DAY_MS, estateOf, type Customer } from "./estate.ts";
import { configOf, rangesOf, tenantsOf } from "./papers.ts";
import { estateKey } from "../../src/simulate/papers.ts";
import { quietDays } from "./quiet.ts";
import type { TrailRecord } from "../../src/simulate/record.ts";

/** What the sample is made from; the same options make the same bytes. */
export interface SampleOptions {
  readonly seed: number;
  /** From 8, so that each attack has a customer of its own. */
  readonly tenants: number;
  /** Midnight UTC of the first day. */
  readonly startMs: number;
  /** From 2: a day to be quiet in, and the day of the sweep. */
  readonly days: number;
  /** Digests the external IDs in the registry; one made from the seed where absent, which keeps nothing secret. */
  readonly key?: Uint8Array;
}

/** A vendor's trail with five anomalies in it, and what the vendor knows about itself. */
export interface SampleVendor {
  /** In time order: the vendor's trail, and the copies from customers who forward theirs. */
  readonly records: readonly TrailRecord[];
  /** YAML text; refers to the files named by `PAPERS`. */
  readonly config: string;
  /** NDJSON. */
  readonly tenants: string;
  /** JSON in the form of AWS's ip-ranges.json. */
  readonly ranges: string;
  readonly key: Uint8Array;
  readonly customers: readonly Customer[];
  /** The five anomalies: each must be found. */
  readonly expected: readonly Expected[];
  /** What is true of the anomalies besides: may be found, and anything else is a false alarm. */
  readonly consequences: readonly Expected[];
}

/** Throws `RangeError` where the story has no room for its attacks. */
export function sampleVendor({ seed, tenants, startMs, days, key = sampleKey(seed) }: SampleOptions): SampleVendor {
  if (!(tenants >= 8 && days >= 2)) throw new RangeError("the sample needs at least 8 tenants and 2 days");
  if (startMs % DAY_MS !== 0) throw new RangeError("the sample starts at midnight UTC");
  const estate = estateOf(seed, tenants);
  const story = { seed, estate, startMs, days };
  const wrongs = attacks(story);
  const records = [...quietDays(story), ...background(story), ...wrongs.flatMap((attack) => attack.records)];
  return {
    records: records.sort((a, b) => (a.eventTime < b.eventTime ? -1 : a.eventTime > b.eventTime ? 1 : 0)),
    config: configOf(estate),
    tenants: tenantsOf(estate, key, startMs),
    ranges: rangesOf(startMs),
    key,
    customers: estate.customers,
    expected: wrongs.flatMap(({ expected }) => expected),
    consequences: wrongs.flatMap(({ consequences }) => consequences),
  };
}

/** 32 bytes that anybody can make again: good for a sample, and for nothing else. */
export function sampleKey(seed: number): Uint8Array {
  return estateKey({ seed });
}
