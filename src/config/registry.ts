import { basename, extname } from "node:path";
import { escapeText } from "../alerts/escape.ts";
import { readTenants, type TenantsFormat } from "../tenants/read.ts";
import { buildRegistry, type Registry } from "../tenants/registry.ts";
import type { CustomerRole, Registration } from "../tenants/tenant.ts";
import type { Refuse } from "./detectors.ts";
import { isMistake } from "./mistake.ts";
import type { Configuration } from "./schema.ts";

/** What reading the registry needs: its place in the configuration, and the world's files and tables. */
export interface RegistrySource {
  readonly tenants: NonNullable<Configuration["tenants"]>;
  readonly refuse: Refuse;
  /** Reads a file that the configuration names under this key. */
  readonly readNamed: (file: string, at: readonly PropertyKey[]) => Promise<string>;
  /** Rejects where the table cannot be read whole; absent: nobody here can read tables. */
  readonly readTable?: ((table: string) => Promise<readonly Registration[]>) | undefined;
}

const FORMATS: Readonly<Record<string, TenantsFormat>> = { ".json": "json", ".yaml": "yaml", ".yml": "yaml" };

/**
 * Reads the registry and indexes it. Throws a mistake where a part of it cannot be relied on. A file without a customer is
 * one, since somebody named it who has some; a table may be empty, for it is there before the first customer comes.
 */
export function readRegistry(source: RegistrySource): Promise<Registry> {
  const { file, table } = source.tenants;
  return file === undefined ? fromTable(source, table ?? "") : fromFile(source, file);
}

async function fromFile({ refuse, readNamed }: RegistrySource, file: string): Promise<Registry> {
  const at = ["tenants", "file"];
  const text = await readNamed(file, at);
  const format = FORMATS[extname(file)] ?? "ndjson";
  const { roles, rejects } = readTenants(text, { name: basename(file), format });
  const [reject] = rejects;
  if (reject !== undefined) {
    const more = rejects.length > 1 ? ` (and ${rejects.length - 1} more)` : "";
    throw refuse(at, `${reject.where}: ${reject.reason}${more}`);
  }
  if (roles.length === 0) {
    throw refuse(
      at,
      `no customer is in ${basename(file)}`,
      "leave tenants out while there is none: nobody is then a stranger",
    );
  }
  return indexed(roles, (why) => refuse(at, `${basename(file)} contradicts itself: ${why}`));
}

async function fromTable({ refuse, readTable }: RegistrySource, table: string): Promise<Registry> {
  const at = ["tenants", "table"];
  if (readTable === undefined) {
    throw refuse(at, "no table can be read here", "write the registry to a file and name it as tenants.file");
  }
  const roles = await readTable(table).catch((cause: unknown) => {
    const hint = isMistake(cause) ? (cause.hint ?? undefined) : undefined;
    throw refuse(at, cause instanceof Error ? cause.message : String(cause), hint, cause);
  });
  return indexed(roles, (why) => refuse(at, `${table} contradicts itself: ${why}`));
}

function indexed(registrations: readonly Registration[], refused: (why: string) => Error): Registry {
  const { registry, problems } = buildRegistry(registrations.map(roleOf));
  if (registry === undefined) throw refused(problems.map(escapeText).join("; "));
  return registry;
}

const LIFE_CYCLE: ReadonlySet<string> = new Set(["externalIdSinceMs", "verifiedMs"]);

/** What calls are judged by: whoever verifies a role changes nothing of it, and so no configuration's version. */
function roleOf(registration: Registration): CustomerRole {
  const kept = Object.entries(registration).filter(([name]) => !LIFE_CYCLE.has(name));
  return Object.fromEntries(kept) as unknown as CustomerRole;
}
