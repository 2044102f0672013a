import type { Names } from "../memory/forget.ts";
import type { Alert } from "./alert.ts";

/** What stands where a name stood in an alert that is about others too. */
const ERASED = "(erased)";

/**
 * The alert without who is to be forgotten: undefined where it is about nobody else, the alert itself where it does not
 * name them. In any other the texts that name them are erased.
 */
export function alertWithout(alert: Alert, names: Names): Alert | undefined {
  const { tenant, account, roleArn } = alert;
  if ([tenant, account, roleArn].some((about) => about !== null && names(about))) return undefined;
  const text = JSON.stringify(alert);
  const erase = (_: string, value: unknown): unknown => (typeof value === "string" && names(value) ? ERASED : value);
  const erased = JSON.parse(text, erase) as Alert;
  return JSON.stringify(erased) === text ? alert : erased;
}
