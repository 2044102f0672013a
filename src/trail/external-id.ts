import { hash } from "node:crypto";
import type { Credential, ExternalIdSeen, ExternalIdStrength } from "./call.ts";

/**
 * What AWS accepts as an external ID.
 * @see https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html
 */
export const EXTERNAL_ID = /^[\w+=,.@:/-]{2,1224}$/;

/** A digest of an external ID, as `Digester.externalId` makes it. */
export const EXTERNAL_ID_DIGEST = /^hmac-sha256:[0-9a-f]{64}$/;

/** The one door through which external IDs and access keys come in; behind it there are digests only. */
export interface Digester {
  /** `hmac-sha256:` and the 64 hex digits of HMAC-SHA256(key, utf8(id)). */
  readonly externalId: (id: string) => string;
  /** The same with the ID's strength, which is judged here because nobody can later. */
  readonly seen: (id: string) => ExternalIdSeen;
  /** Made in a domain of its own: no external ID digests to the same, since none may hold a NUL. */
  readonly credential: (accessKeyId: string) => Credential;
  /** The same for a key that was just issued, and is not worth remembering: there is a new one at every call. */
  readonly issued: (accessKeyId: string) => Credential;
  /** A tenant's name or an account number, for records that are to outlive them: `hmac-sha256:` and 64 hex digits. */
  readonly subject: (name: string) => string;
  /** What an account's integration is called in the vendor's API: `int-` and 24 hex digits that do not tell the account. */
  readonly integration: (account: string) => string;
  /** What ends the names of a tenant's roles: 12 hex digits that nobody can guess, the same in all its accounts. */
  readonly roleSuffix: (tenant: string) => string;
  /** What marks the vendor's own probe of a role, by the ARN without its path, at a second: 32 hex digits. */
  readonly probe: (bareArn: string, second: number) => string;
}

/** Texts remembered per generation, of which there are two: a vendor's IDs repeat all day, an attacker's need not. */
const GENERATION = 16_384;
/** The longest text worth remembering, as long as the longest external ID. */
const LONGEST = 1224;

/**
 * Digests by the vendor's key, of any length; `config/key.ts` asks for 32 bytes or more. Equal texts have equal digests
 * for as long as the key is the same, so the key must outlive the registry that was made with it.
 */
export function digester(key: Uint8Array): Digester {
  const hmac = hmacSha256(key);
  const externalId = (id: string): string => `hmac-sha256:${hmac(id)}`;
  const issued = (accessKeyId: string): Credential => ({
    digest: hmac(`access-key-id\0${accessKeyId}`).slice(0, 16),
    last4: accessKeyId.slice(-4),
  });
  const subject = (name: string): string => `hmac-sha256:${hmac(`subject\0${name}`)}`;
  const integration = (account: string): string => `int-${hmac(`integration\0${account}`).slice(0, 24)}`;
  const roleSuffix = (tenant: string): string => hmac(`role-suffix\0${tenant}`).slice(0, 12);
  const probe = (bareArn: string, second: number): string => hmac(`probe\0${bareArn}\0${second}`).slice(0, 32);
  const seen = remembering((id): ExternalIdSeen => ({ digest: externalId(id), strength: strengthOf(id) }));
  return {
    externalId: (id) => seen(id).digest,
    seen,
    credential: remembering(issued),
    issued,
    subject,
    integration,
    roleSuffix,
    probe,
  };
}

const BLOCK_BYTES = 64;

/**
 * HMAC-SHA256 as hex, with the key's two pads prepared once: `createHmac` prepares them at every call, which costs more
 * than the digest of something as short as an access key.
 * @see https://www.rfc-editor.org/rfc/rfc2104
 */
function hmacSha256(key: Uint8Array): (text: string) => string {
  const block = Buffer.alloc(BLOCK_BYTES);
  block.set(key.length > BLOCK_BYTES ? hash("sha256", key, "buffer") : key);
  const inner = Buffer.alloc(
    BLOCK_BYTES + 4 * LONGEST,
    block.map((byte) => byte ^ 0x36),
  );
  const outer = Buffer.alloc(
    BLOCK_BYTES + 32,
    block.map((byte) => byte ^ 0x5c),
  );
  return (text) => {
    const fits = text.length <= LONGEST;
    const message = fits ? inner : Buffer.concat([inner.subarray(0, BLOCK_BYTES), Buffer.from(text)]);
    const end = fits ? BLOCK_BYTES + inner.write(text, BLOCK_BYTES, "utf8") : message.length;
    outer.write(hash("sha256", message.subarray(0, end), "binary"), BLOCK_BYTES, "latin1");
    return hash("sha256", outer, "hex");
  };
}

/** Two generations: what was asked for lately stays, what was not is forgotten, and memory is bounded. */
function remembering<T>(make: (text: string) => T): (text: string) => T {
  let young = new Map<string, T>();
  let old = new Map<string, T>();
  return (text) => {
    const known = young.get(text);
    if (known !== undefined) return known;
    const made = old.get(text) ?? make(text);
    if (text.length > LONGEST) return made;
    if (young.size === GENERATION) {
      old = young;
      young = new Map();
    }
    young.set(text, made);
    return made;
  };
}

/** How hard an external ID is to guess, and why; `why` never quotes it. */
export interface StrengthAssessment {
  readonly strength: ExternalIdStrength;
  readonly why: string;
}

/** As `assessStrength`, without the reason. */
export function strengthOf(id: string): ExternalIdStrength {
  return assessStrength(id).strength;
}

/**
 * Whoever guesses a customer's external ID can have the vendor enter that customer's account for him. AWS asks vendors
 * to make it themselves, unique for each customer and unpredictable; Praetorian found that most let customers choose
 * it, or used an account number or a word. Hence three classes:
 *
 * - **strong**: random-looking and out of reach of any guessing: a UUID of version 4, or 112 bits and more, which NIST
 *   has as the least strength of a secret. 16 random bytes in hexadecimal pass, in base64 nine in ten do.
 * - **weak**: shorter than 12 characters, an account number, words, words with a counter, a repeated or running
 *   pattern, or anything else with fewer than 64 bits left once these are taken away.
 * - **fair**: between the two, and UUIDs made of a clock, a network card or a name.
 *
 * An estimate from one ID's looks: a random ID that was published is strong here and worthless all the same.
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_common-scenarios_third-party.html
 * @see https://www.praetorian.com/blog/aws-iam-assume-role-vulnerabilities/
 * @see https://csrc.nist.gov/pubs/sp/800/131/a/r2/final
 */
export function assessStrength(id: string): StrengthAssessment {
  const text = firstPeriod(id);
  if (text.length < 12) return weak(id.length < 12 ? "shorter than 12 characters" : "a short text, repeated");
  if (ACCOUNT.test(text)) return weak("an account number, which is public");
  if (variety(text) < Math.min(8, text.length / 4)) return weak("too few different characters");
  const version = UUID.exec(text)?.[1];
  if (version === "4") return { strength: "strong", why: "a random UUID (version 4)" };
  if (version !== undefined) {
    return { strength: "fair", why: `a UUID of version ${version}: made of a clock, a network card or a name` };
  }
  const rest = text.replace(/[A-Za-z0-9]+/g, (token) => (looksMixed(token) ? token : withoutWords(token)));
  if (!/[a-z]/i.test(rest)) {
    if (!/\d/.test(rest)) return weak("words only");
    if (/^\D*\d{1,18}\D*$/.test(rest)) return weak("a number, or words with a number");
  }
  const bits = guessBits(rest);
  if (bits < 64) return weak("too little in it that is not a word, a counter or a pattern");
  return bits < 112
    ? { strength: "fair", why: "random-looking, but less than 112 bits" }
    : { strength: "strong", why: "random-looking, 112 bits or more" };
}

function weak(why: string): StrengthAssessment {
  return { strength: "weak", why };
}

const ACCOUNT = /^\D*\d{4}[-_. ]?\d{4}[-_. ]?\d{4}\D*$/;
const UUID = /[0-9a-f]{8}-[0-9a-f]{4}-([1-8])[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}/i;

/** `abcabcabc` is no harder to guess than `abc`. */
function firstPeriod(id: string): string {
  return id.slice(0, (id + id).indexOf(id, 1));
}

function variety(text: string): number {
  return new Set(text).size;
}

/** Random characters go from one kind to another at every other step; words do where they end, if at all. */
function looksMixed(token: string): boolean {
  const changes = token.match(/[a-z](?=[A-Z0-9])|[A-Z](?=[0-9])|[0-9](?=[A-Za-z])/g)?.length ?? 0;
  return changes * 5 > token.length - 1;
}

/** Splits `AcmeProd2024` into its parts, and takes those away that look like words, or are too short to tell. */
function withoutWords(token: string): string {
  return token
    .replace(/[A-Z]?[a-z]{4,}|[A-Z]{5,}/g, (letters) => (looksLikeWord(letters.toLowerCase()) ? "-" : letters))
    .replace(/(?<![A-Za-z0-9])[A-Za-z]{1,4}(?![A-Za-z0-9])/g, "");
}

/** Half or more of a word's neighbouring letters are among English's hundred commonest pairs; of random ones, a seventh. */
function looksLikeWord(letters: string): boolean {
  let common = 0;
  for (let at = 1; at < letters.length; at++) if (COMMON_PAIRS.has(letters.slice(at - 1, at + 1))) common++;
  return common * 2 >= letters.length - 1;
}

/** @see https://norvig.com/mayzner.html */
const COMMON_PAIRS: ReadonlySet<string> = new Set(
  (
    "th he in er an re on at en nd ti es or te of ed is it al ar st to nt ng se ha as ou io le ve co me de hi ri ro ic ne ea " +
    "ra ce li ch ll be ma si om ur ca el ta la ns di fo ho pe ec pr no ct us ac ot il tr ly nc et ut ss so rs un lo wa ge ie " +
    "wh ee wi em ad ol rt po we na ul ni ts mo ow pa im mi ai sh"
  ).split(" "),
);

/** Characters that neither repeat nor continue a run (`aaaa`, `1234`), times the bits of the alphabet they are from. */
function guessBits(text: string): number {
  const letters = text.replace(/[\W_]/g, "");
  let counted = 0;
  for (let at = 0; at < letters.length; at++) {
    const step = letters.charCodeAt(at) - letters.charCodeAt(at - 1);
    const before = letters.charCodeAt(at - 1) - letters.charCodeAt(at - 2);
    if (step !== before || Math.abs(step) > 1) counted++;
  }
  return counted * Math.log2(alphabetOf(letters));
}

function alphabetOf(letters: string): number {
  if (/^(?:[0-9a-f]*|[0-9A-F]*)$/.test(letters) && /\d/.test(letters)) return /[a-f]/i.test(letters) ? 16 : 10;
  return (/\d/.test(letters) ? 10 : 0) + (/[a-z]/.test(letters) ? 26 : 0) + (/[A-Z]/.test(letters) ? 26 : 0) || 1;
}
