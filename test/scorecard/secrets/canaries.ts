import { dice, type Dice } from "../../../src/simulate/dice.ts";

/** Secrets that are nowhere else: no digest, base64 or word happens to hold eight characters of one in a row. */
export interface Canaries {
  readonly externalIds: readonly string[];
  readonly sessionTokens: readonly string[];
  /** Of which the last four characters may be shown. */
  readonly accessKeyIds: readonly string[];
}

const LETTERS = "QXZJVKWYqxzjvkwy";
/** What AWS accepts in an external ID, and hexadecimal and base64 do not. */
const SIGNS = ",=@:+";
const KEY_LETTERS = "QXZJVKWY2357";

export function canariesOf(seed: number, count: number): Canaries {
  const chance = dice(seed, "canaries");
  const each = (make: () => string): string[] => Array.from({ length: count }, make);
  return {
    externalIds: each(() => alternating(chance, SIGNS, 36)),
    sessionTokens: each(() => alternating(chance, "+/", 400)),
    accessKeyIds: each(() => `ASIA${Array.from({ length: 16 }, () => oneOf(chance, KEY_LETTERS)).join("")}`),
  };
}

function alternating(chance: Dice, signs: string, length: number): string {
  return Array.from({ length }, (_, at) => oneOf(chance, at % 2 === 0 ? LETTERS : signs)).join("");
}

function oneOf(chance: Dice, characters: string): string {
  return characters.charAt(chance.below(characters.length));
}
