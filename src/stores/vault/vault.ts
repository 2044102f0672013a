/**
 * Where external IDs are kept in plain for those who send them to STS, and nowhere else. Its key is the ID's digest, as
 * the registry holds it, so a secret bears no customer's name, two IDs never overwrite each other, and what no
 * registration names any more can be told and removed. No error quotes an ID.
 */
export interface Vault {
  /** Durable when it resolves. */
  readonly keep: (secrets: ReadonlyMap<string, string>) => Promise<void>;
  /** The ID of this digest; null where it is not held. */
  readonly reveal: (digest: string) => Promise<string | null>;
  /** As often as one likes: what is not there is gone. */
  readonly forget: (digests: readonly string[]) => Promise<void>;
  /** Digests of all that is held. */
  readonly digests: () => Promise<readonly string[]>;
  readonly close: () => Promise<void>;
}
