import { childSpots, isRecord } from "./spot.ts";
import type { Spot } from "./spot.ts";

/** One step of a selector: which property, and which of the elements found there. */
interface Step {
  /** `*` for any; null only in a first step, for a document that is a list itself. */
  readonly key: string | null;
  readonly filters: readonly { readonly key: string; readonly value: string }[];
}

export type Selector = readonly Step[];

/** A selector, or what is wrong with it and at which character, counted from 1. */
export type SelectorReading =
  | { readonly selector: Selector; readonly reason?: undefined }
  | { readonly reason: string; readonly selector?: undefined };

const KEY = /[^.[\]=]+/y;
const BRACKET = /\[(?:([^[\]=]+)=([^\]]*))?\]/y;

/** What a publisher says of a range that it does not publish as one. */
const ASIDE = /^(?:parent|gre|vpn|next_?hops?)$/i;

export function isAside(spot: Spot): boolean {
  return typeof spot.key === "string" && ASIDE.test(spot.key);
}

/**
 * Reads `prefixes[service=EC2][region=us-east-1].ip_prefix`: keys between dots, `*` for any key, `[key=value]` for the
 * elements that say so (all of several filters must hold; a value runs to the next `]`), `[]` or nothing for all.
 */
export function parseSelector(text: string): SelectorReading {
  const steps: Step[] = [];
  let at = 0;
  const take = (pattern: RegExp): RegExpExecArray | null => {
    pattern.lastIndex = at;
    const found = pattern.exec(text);
    if (found !== null) at = pattern.lastIndex;
    return found;
  };
  for (;;) {
    const key = take(KEY)?.[0] ?? null;
    if (key === null && (steps.length > 0 || text[at] !== "[")) return { reason: `a key is missing at ${at + 1}` };
    const filters: { key: string; value: string }[] = [];
    for (let bracket = take(BRACKET); bracket !== null; bracket = take(BRACKET)) {
      const [, name, value] = bracket;
      if (name !== undefined && value !== undefined) filters.push({ key: name, value });
    }
    steps.push({ key, filters });
    if (at === text.length) return { selector: steps };
    if (text[at] === "[") return { reason: `neither [] nor [key=value] at ${at + 1}` };
    if (text[at] !== ".") return { reason: `unexpected “${text[at] ?? ""}” at ${at + 1}` };
    at++;
  }
}

/** Every spot that the selector reaches, in the document's order. */
export function selectSpots(root: Spot, selector: Selector): Iterable<Spot> {
  return selector.reduce<readonly Spot[]>((spots, step) => spots.flatMap((spot) => [...follow(spot, step)]), [root]);
}

function* follow(spot: Spot, { key, filters }: Step): Generator<Spot> {
  for (const element of elementsOf(spot)) {
    for (const found of key === null ? [element] : propertiesOf(element, key)) {
      if (filters.length === 0) yield found;
      else yield* filtered(found, filters);
    }
  }
}

function* filtered(spot: Spot, filters: Step["filters"]): Generator<Spot> {
  for (const element of elementsOf(spot)) {
    const { value } = element;
    if (isRecord(value) && filters.every((filter) => says(value[filter.key], filter.value))) yield element;
  }
}

function* propertiesOf(spot: Spot, key: string): Generator<Spot> {
  if (!isRecord(spot.value)) return;
  for (const child of childSpots(spot)) if (key === "*" ? !isAside(child) : child.key === key) yield child;
}

/** A list stands for its elements, whatever else for itself. */
function* elementsOf(spot: Spot): Generator<Spot> {
  if (!Array.isArray(spot.value)) yield spot;
  else for (const child of childSpots(spot)) yield* elementsOf(child);
}

function says(property: unknown, value: string): boolean {
  if (Array.isArray(property)) return property.some((part) => says(part, value));
  return (typeof property === "string" ? property : JSON.stringify(property)) === value;
}
