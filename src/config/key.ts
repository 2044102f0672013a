import { mistake } from "./mistake.ts";

/** Where a key is read from. `readFile` decides what a relative path is relative to. */
export interface KeySource {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly readFile: (path: string) => Promise<string>;
}

/** 256 bits, as long as HMAC-SHA256's own output. @see https://www.rfc-editor.org/rfc/rfc2104#section-3 */
const SHORTEST_BYTES = 32;
const HINT = "make one with: openssl rand -base64 32";

/**
 * The key that external IDs are digested with: `env:NAME` or `file:PATH`, each holding the base64 of 32 bytes or more.
 * Throws a mistake, which never quotes what was found; `where` begins it, such as `deputywatch.yaml:9:8 externalIds.key`.
 */
export async function readKey(reference: string, where: string, { env, readFile }: KeySource): Promise<Uint8Array> {
  const [, scheme, place = ""] = /^(env|file|secretsmanager):(.+)$/s.exec(reference) ?? [];
  if (scheme === "env") {
    if (!/^[A-Za-z_]\w*$/.test(place)) throw mistake(`${where}: env: is not followed by the name of a variable`, NAMES);
    const value = env[place];
    if (value === undefined || value === "") throw mistake(`${where}: ${place} is not set`, `export ${place}; ${HINT}`);
    return decoded(value, `${where}: ${place}`);
  }
  if (scheme === "file") {
    const content = await readFile(place).catch((cause: unknown) => {
      throw mistake(`${where}: the key's file cannot be read (${codeOf(cause)})`, NAMES, cause);
    });
    return decoded(content, `${where}: the key's file`);
  }
  if (scheme === "secretsmanager") {
    const hint = "here, put the same key into a variable and write env:NAME";
    throw mistake(`${where}: Secrets Manager is read by the deployed handlers only`, hint);
  }
  throw mistake(`${where}: not a reference to a key`, NAMES);
}

const NAMES = "write env:NAME or file:PATH; the key itself belongs into neither a configuration nor a command line";

function decoded(text: string, where: string): Uint8Array {
  const content = text.trim();
  const base64 = /^(?:[A-Za-z0-9+/]+|[\w-]+)={0,2}$/.test(content);
  const bytes = Buffer.from(content, "base64");
  if (!base64 || bytes.length < SHORTEST_BYTES) {
    throw mistake(`${where} does not hold the base64 of ${SHORTEST_BYTES} bytes or more`, HINT);
  }
  return new Uint8Array(bytes);
}

/** The system's word for what went wrong with a file, such as `ENOENT`. */
export function codeOf(error: unknown): string {
  return error instanceof Error && "code" in error ? String(error.code) : "unknown reason";
}
