import { throughDynamoDb } from "./attribute-value.ts";
import { clocks } from "./clock.ts";
import { copiesJoin } from "./copies.ts";
import { addresses, fields, unknownFields, versions } from "./drift.ts";
import { invariance } from "./invariance.ts";
import { KINDS, latticeLaws } from "./laws.ts";
import type { Property } from "./property.ts";

/** Every property by name, so that a thread can be told which one to run. */
export const PROPERTIES: ReadonlyMap<string, Property> = new Map([
  ["invariance", invariance],
  ["copies", copiesJoin],
  ["clocks", clocks],
  ["versions", versions],
  ["fields", fields],
  ["unknown fields", unknownFields],
  ["addresses", addresses],
  ...KINDS.map((kind): [string, Property] => [`laws of ${kind}`, latticeLaws(kind, { DynamoDB: throughDynamoDb })]),
]);

/** The property of this name. Throws `TypeError` where there is none. */
export function propertyNamed(name: string): Property {
  const property = PROPERTIES.get(name);
  if (property === undefined) throw new TypeError(`there is no property ${JSON.stringify(name)}`);
  return property;
}
