import * as z from "zod";
import { duration, written } from "./written.ts";

const DAY_MS = 86_400_000;

/** Where the vault is: a file, or secrets under a prefix. */
export type VaultPlace = { readonly file: string } | { readonly prefix: string };

function readVault(text: string): { readonly value: VaultPlace } | { readonly reason: string } {
  const [, kind, place = ""] = /^(file|secretsmanager):(.+)$/.exec(text) ?? [];
  if (kind === "file") return { value: { file: place } };
  const isPrefix = /^[\w/+=.@-]{1,200}$/.test(place) && !place.endsWith("/");
  return kind !== undefined && isPrefix
    ? { value: { prefix: place } }
    : { reason: "not file:PATH or secretsmanager:PREFIX" };
}

/** What external IDs are digested with, where they are kept, and how long each lives. */
export const externalIds = z.strictObject({
  key: z.string().min(1),
  vault: written(readVault)
    .optional()
    .meta({ description: "where the IDs are kept in plain: file:PATH or secretsmanager:PREFIX" }),
  kmsKey: z.string().min(1).optional().meta({ description: "what Secrets Manager seals with; its own where left out" }),
  vaultKey: z.string().min(1).optional().meta({ description: "what seals the file: env:NAME or file:PATH" }),
  overlap: duration.default(7 * DAY_MS).meta({ description: "how long a rotation accepts the old ID" }),
  maxAge: duration.optional().meta({ description: "older IDs are stale; omitted: none is" }),
});

/** How customers come and go. */
export const onboarding = z.strictObject({
  roleName: z
    .string()
    .regex(/^[\w+=,.@-]{1,48}$/, "a role's name has letters, digits and +=,.@-_; 48 leave room for a suffix")
    .default("vendor-integration")
    .meta({ description: "customers' roles are called by this and a random suffix" }),
  purgeAfter: duration.default(DAY_MS).meta({ description: "from off-boarding to the purge" }),
  requestsPerMinute: z
    .number()
    .min(1)
    .max(100_000)
    .default(60)
    .meta({ description: "how often each tenant may ask the API, after a burst" }),
  signingKey: z.string().min(1).optional().meta({ description: "signs deletion records: env:NAME or file:PATH" }),
});
