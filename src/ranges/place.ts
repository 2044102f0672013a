import type { Source } from "../trail/call.ts";
import type { AddressTable } from "./cidr.ts";

/**
 * Where a call came from, as the vendor sees it. Ownership is what counts: both the vendor and its attacker may well
 * run on AWS, so AWS's own list only labels an address (`aws`), it never clears one.
 */
export type Place =
  /** One of the vendor's own addresses or VPC endpoints. `region` where the published list has it. */
  | { readonly kind: "owned"; readonly pool: string; readonly region: string | null }
  /** An address that AWS publishes and the vendor does not own. */
  | { readonly kind: "aws"; readonly region: string; readonly service: string }
  | { readonly kind: "outside" }
  /** A VPC endpoint that the vendor does not list; the private address behind it says nothing. */
  | { readonly kind: "foreign-endpoint"; readonly endpoint: string }
  /** A private or reserved address without an endpoint: unknown, never allowed. */
  | { readonly kind: "private" }
  /** A service's DNS name, such as `config.amazonaws.com`. */
  | { readonly kind: "service"; readonly service: string }
  /** `AWS Internal` and `AWS Internal/#`: AWS acted for the caller, the console's role switch among others. */
  | { readonly kind: "aws-internal" }
  /** Leading zeros, placeholders, empty: an alertable class of its own, never taken for AWS. */
  | { readonly kind: "unparsable" };

/** One published list or hand-written pool: `name` as in the configuration. */
export interface OwnedPool {
  readonly name: string;
  readonly table: AddressTable;
}

/** Everything an address is compared with. `pools` empty: the vendor's addresses are unknown and nobody is accused. */
export interface Whereabouts {
  readonly pools: readonly OwnedPool[];
  /** VPC endpoint id → name of the pool that lists it. */
  readonly endpoints: ReadonlyMap<string, string>;
  /** AWS's ip-ranges.json, when it is configured. */
  readonly aws: AddressTable | null;
}

export declare function placeOf(source: Source, whereabouts: Whereabouts): Place;
