import * as z from "zod";
import { EXTERNAL_ID } from "../trail/external-id.ts";
import { accountOf } from "../trail/arn.ts";
import { accountId, regionName, roleArn, tenantName, type TenantReject } from "./read.ts";

/** What a list holds, and what in it could not be read; no reason quotes a value. */
export interface ListReading<T> {
  readonly entries: readonly T[];
  readonly rejects: readonly TenantReject[];
}

/** So many accounts are registered at a time: more than any customer has, and no slip of a file of something else. */
export const MOST_ACCOUNTS = 10_000;

/**
 * Account numbers: one a line, the first column of a CSV, or a JSON list. Empty lines, lines that begin with `#` and a CSV's
 * heading are passed over, and an account that comes twice counts once. `name` is the file's, for `where`.
 */
export function readAccounts(text: string, name: string): ListReading<string> {
  const written = text.replace(/^\uFEFF/, "").trim();
  if (written.startsWith("[")) return accountsInJson(written, name);
  const entries = new Set<string>();
  const rejects: TenantReject[] = [];
  for (const [index, line] of written.split("\n").entries()) {
    const first = (line.split(/[,;\t]/)[0] ?? "").trim().replace(/^"(.*)"$/, "$1");
    if (first === "" || first.startsWith("#") || (index === 0 && /^[a-z][\w ]*$/i.test(first))) continue;
    if (accountId.safeParse(first).success) entries.add(first);
    else rejects.push({ where: `${name}:${index + 1}`, reason: "an account number has twelve digits" });
  }
  return { entries: [...entries], rejects };
}

function accountsInJson(text: string, name: string): ListReading<string> {
  try {
    const list = z.array(z.unknown()).parse(JSON.parse(text));
    const rejects = list.flatMap((one, index): TenantReject[] => {
      const reason = accountId.safeParse(one).error?.issues[0]?.message;
      return reason === undefined ? [] : [{ where: `${name}[${index}]`, reason }];
    });
    return { entries: [...new Set(list.filter((one) => accountId.safeParse(one).success) as string[])], rejects };
  } catch {
    return { entries: [], rejects: [{ where: name, reason: "not a JSON list" }] };
  }
}

/** An integration from before: in plain what else is a digest, because nobody can tell the one from the other. */
const existing = z
  .object({
    tenant: tenantName,
    account: accountId,
    roleArn,
    externalId: z.string().regex(EXTERNAL_ID, "not an external ID: 2 to 1224 letters, digits and _+=,.@:/-"),
    region: regionName.optional(),
  })
  .refine((one) => accountOf(one.roleArn) === one.account, {
    path: ["roleArn"],
    error: "the role is in another account",
  });

export type ExistingEntry = z.output<typeof existing>;

/** Integrations from before, as NDJSON. */
export function readExisting(text: string, name: string): ListReading<ExistingEntry> {
  const entries: ExistingEntry[] = [];
  const rejects: TenantReject[] = [];
  for (const [index, line] of text
    .replace(/^\uFEFF/, "")
    .split("\n")
    .entries()) {
    if (line.trim() === "") continue;
    const read = existingIn(line);
    if (typeof read === "string") rejects.push({ where: `${name}:${index + 1}`, reason: read });
    else entries.push(read);
  }
  return { entries, rejects };
}

/** The entry, or why there is none. */
function existingIn(line: string): ExistingEntry | string {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return "not JSON";
  }
  const { data, error } = existing.safeParse(value);
  return data ?? (error.issues.map(({ path, message }) => `${path.join(".")}: ${message}`).join("; ") || "unreadable");
}
