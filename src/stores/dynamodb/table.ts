/**
 * What the store asks of a DynamoDB table: three operations on single items, each atomic. A simulation can stand in for
 * it, lose its answers and let its writers race.
 */
export interface Table {
  /** Strongly consistent item by item, not across items. Only the items that are there are in the answer. */
  readonly read: (keys: readonly string[]) => Promise<ReadonlyMap<string, Item>>;
  /** Writes the whole item where what is stored is `expected` (null: nothing), and answers what is stored where not. */
  readonly put: (item: Item, expected: Stamp | null) => Promise<PutOutcome>;
  /** Adds to a set that grows, or begins it. */
  readonly add: (addition: Addition) => Promise<AddOutcome>;
}

/** Two states of one item differ in their stamps, even where TTL deleted the item in between and it began anew. */
export interface Stamp {
  /** Grows with every write; a segment's by as many members as it was handed, known ones too. */
  readonly version: number;
  /** Epoch seconds: DynamoDB deletes the item some hours or days later. Until then readers pass it over. */
  readonly expires: number;
}

/** A document (`body`, or `parts` that hold it), a part of one (`body`), or a segment of a set (`members`). */
export interface Item extends Stamp {
  readonly key: string;
  /** The cell's kind, or `part`. */
  readonly kind: string;
  /** Plain text, or gzip. */
  readonly body?: string | Uint8Array;
  /** Keys of the items whose bodies, one after another, are this one's. */
  readonly parts?: readonly string[];
  /** Eight bytes each, in no order, each once. */
  readonly members?: readonly Uint8Array[];
}

export type PutOutcome = { readonly done: true } | { readonly done: false; readonly stored: Item | null };

export interface Addition {
  readonly key: string;
  readonly kind: string;
  /** At least one, each once. */
  readonly members: readonly Uint8Array[];
  readonly expires: number;
  /** Epoch seconds: what expired by then takes no more. */
  readonly now: number;
  /** A segment whose version has come to this is sealed: it takes no more, ever. */
  readonly cap: number;
}

/**
 * `stored` is the item with the addition in it where it was done, and as it stands where it was refused: it is sealed,
 * has expired, or is of another kind.
 */
export interface AddOutcome {
  readonly done: boolean;
  readonly stored: Item;
}
