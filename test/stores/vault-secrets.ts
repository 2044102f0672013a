import { digester } from "../../src/trail/external-id.ts";

/** What external IDs are digested with. */
export const digestOf = digester(Buffer.alloc(32, 7)).externalId;

/** So many IDs that nobody else has, by their digests. */
export function secrets(count: number, from = 0): ReadonlyMap<string, string> {
  return new Map(
    Array.from({ length: count }, (_, n) => {
      const id = `c0ffee00-0000-4000-8000-${String(from + n).padStart(12, "0")}`;
      return [digestOf(id), id] as const;
    }),
  );
}
