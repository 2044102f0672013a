/**
 * Three truth values, ordered: what cannot be known lies between no and yes, so that "and" is the minimum, "or" the
 * maximum and "not" the distance from the other end (Kleene's strong logic).
 */
export type Tri = 0 | 1 | 2;

export const NO: Tri = 0;
export const MAYBE: Tri = 1;
export const YES: Tri = 2;

export function triOf(known: boolean): Tri {
  return known ? YES : NO;
}

export function not(value: Tri): Tri {
  return (YES - value) as Tri;
}
