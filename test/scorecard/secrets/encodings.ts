import { createHash } from "node:crypto";
import type { Canaries } from "./canaries.ts";
import type { Needle } from "./scanner.ts";

/** A way in which a secret may be written down. */
interface Encoding {
  readonly name: string;
  /** The secret, or a piece of it, as bytes: one character a byte. */
  readonly encode: (text: string) => string;
  /** As it is found within a longer text that is so encoded, whatever stands before and after. */
  readonly within: (piece: string) => readonly string[];
  /** Only of the whole secret. */
  readonly whole?: true;
}

const each = (text: string, write: (code: number, character: string) => string): string =>
  Array.from(text, (character) => write(character.charCodeAt(0), character)).join("");
const hex = (code: number, digits: number): string => code.toString(16).padStart(digits, "0");
const SAFE = /[A-Za-z0-9]/;

const plainly = (name: string, encode: (text: string) => string): Encoding => ({
  name,
  encode,
  within: (piece) => [encode(piece)],
});

const based = (name: "base64" | "base64url"): Encoding => ({
  name,
  encode: (text) => Buffer.from(text).toString(name),
  within: (piece) =>
    [0, 1, 2].map((before) => {
      const padded = Buffer.from("\0".repeat(before) + piece).toString(name);
      return padded.slice(Math.ceil((before * 8) / 6), Math.floor(((before + piece.length) * 8) / 6));
    }),
});

/** What a digest is worth is the digest's first half. */
const digested = (algorithm: string, form: "hex" | "base64" | "latin1"): Encoding => {
  const encode = (text: string): string => createHash(algorithm).update(text).digest().toString(form);
  const name = form === "latin1" ? `${algorithm} in bytes` : `${algorithm} in ${form}`;
  return { name, encode, within: (text) => [encode(text).slice(0, form === "latin1" ? 12 : 16)], whole: true };
};

export const ENCODINGS: readonly Encoding[] = [
  plainly("UTF-8", (text) => text),
  plainly("UTF-16", (text) => Buffer.from(text, "utf16le").toString("latin1")),
  based("base64"),
  based("base64url"),
  plainly("hexadecimal", (text) => each(text, (code) => hex(code, 2))),
  plainly("upper hexadecimal", (text) => each(text, (code) => hex(code, 2).toUpperCase())),
  plainly("percent", (text) => each(text, (code, own) => (SAFE.test(own) ? own : `%${hex(code, 2).toUpperCase()}`))),
  plainly("lower percent", (text) => each(text, (code, own) => (SAFE.test(own) ? own : `%${hex(code, 2)}`))),
  plainly("percent throughout", (text) => each(text, (code) => `%${hex(code, 2).toUpperCase()}`)),
  plainly("HTML decimal", (text) => each(text, (code, own) => (SAFE.test(own) ? own : `&#${code};`))),
  plainly("HTML hexadecimal", (text) => each(text, (code, own) => (SAFE.test(own) ? own : `&#x${hex(code, 2)};`))),
  plainly("HTML throughout", (text) => each(text, (code) => `&#${code};`)),
  plainly("JSON", (text) => each(text, (code, own) => (SAFE.test(own) ? own : `\\u${hex(code, 4)}`))),
  plainly("JSON throughout", (text) => each(text, (code) => `\\u${hex(code, 4)}`)),
  ...["md5", "sha1", "sha256"].flatMap((algorithm) =>
    (["hex", "base64", "latin1"] as const).map((form) => digested(algorithm, form)),
  ),
];

const PIECE = 8;
const HEAD = 8;
/** The last characters of an access key id are no secret. */
const SHOWN_OF_KEYS = 4;

/** What any eight characters at the beginning, in the middle or at the end of a secret look like, in every encoding. */
export function needlesOf({ externalIds, sessionTokens, accessKeyIds }: Canaries): readonly Needle[] {
  const shy = new Set(accessKeyIds);
  const kinds = { "external ID": externalIds, "session token": sessionTokens, "access key id": accessKeyIds };
  return Object.entries(kinds).flatMap(([kind, secrets]) =>
    secrets.flatMap((secret) => {
      const secretPart = shy.has(secret) ? secret.slice(0, -SHOWN_OF_KEYS) : secret;
      const starts = [0, Math.floor((secretPart.length - PIECE) / 2), secretPart.length - PIECE];
      return ENCODINGS.flatMap(({ name, within, whole = false }) => {
        const pieces = whole ? [secret] : starts.map((start) => secretPart.slice(start, start + PIECE));
        const texts = pieces.flatMap(within).filter((text) => text.length >= HEAD);
        return texts.map((text) => ({ text, name: `${kind} in ${name}` }));
      });
    }),
  );
}

/** A deliberate leak: a secret in every encoding, of eight characters where that says anything, and the names to find. */
export interface Leak {
  /** As bytes: one character a byte. */
  readonly texts: readonly string[];
  readonly names: readonly string[];
}

export function leakOf(secret: string, kind: string): Leak {
  return {
    texts: ENCODINGS.map(({ encode, whole = false }) => encode(whole ? secret : secret.slice(0, PIECE))),
    names: ENCODINGS.map(({ name }) => `${kind} in ${name}`),
  };
}
