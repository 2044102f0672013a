import { randomUUID } from "node:crypto";
import type { Digester } from "../../trail/external-id.ts";

/** An external ID that was just made, with what the registry and the vault call it by. */
export interface MadeId {
  readonly id: string;
  readonly digest: string;
}

/**
 * A new external ID: a random UUID from the operating system's generator, 122 bits. This is the one place that makes them.
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_common-scenarios_third-party.html
 */
export function makeId(digester: Digester): MadeId {
  const id = randomUUID();
  return { id, digest: digester.externalId(id) };
}
