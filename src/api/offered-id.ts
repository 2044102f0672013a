import type { Body } from "./body.ts";
import { headerOf, pathOf, queryPairs, type HttpEvent } from "./event.ts";

/** Where in a request an external ID may be sent. */
export type Place = "body" | "query" | "header" | "path";

/**
 * Where a request offers an external ID, by the names that it uses: `externalId`, `External_ID`, `x-external-id`,
 * `sts:ExternalId` and whatever else reads so. Who may choose the ID may choose another customer's, so there is no place
 * for one, and the attempt is worth knowing of. What it is offered with is not looked at.
 * @see https://aws.amazon.com/blogs/apn/securely-using-external-id-for-accessing-aws-accounts-owned-by-others/
 */
export function offeredIn(event: HttpEvent, body: Body): readonly Place[] {
  const places: readonly (readonly [Place, boolean])[] = [
    ["body", isInBody(body)],
    ["query", queryPairs(event).some(([name]) => isItsName(name))],
    ["header", [...Object.keys(event.headers), ...cookieNames(event)].some(isItsName)],
    ["path", isInPath(pathOf(event))],
  ];
  return places.filter(([, isThere]) => isThere).map(([place]) => place);
}

function isItsName(name: string): boolean {
  return /external\W*id/.test(name.normalize("NFKC").toLowerCase().replaceAll("_", ""));
}

function isInBody(body: Body): boolean {
  if (body.kind === "none") return false;
  if (body.kind === "text") return isItsName(decoded(body.text));
  let level = [body.value];
  while (level.length > 0) {
    const nested = level.filter((one) => typeof one === "object" && one !== null);
    if (nested.some((one) => !Array.isArray(one) && Object.keys(one).some(isItsName))) return true;
    level = nested.flatMap((one) => Object.values(one) as unknown[]);
  }
  return false;
}

function cookieNames(event: HttpEvent): readonly string[] {
  const cookies = [...(event.cookies ?? []), ...headerOf(event, "cookie").split(";")];
  return cookies.map((cookie) => decoded(cookie.split("=", 1)[0] ?? ""));
}

/** The API's own paths have `externalid/` and a verb in them; anything else that follows the word is offered. */
const OWN_VERBS = new Set(["", "reveal", "regenerate"]);

function isInPath(path: string): boolean {
  const segments = decoded(path).split("/");
  return segments.some((segment, at) => {
    if (!isItsName(segment)) return false;
    return /[=:;]/.test(segment) || !OWN_VERBS.has(segments[at + 1] ?? "");
  });
}

/** With percent-encoding undone, twice, and left as it is where that is torn. */
function decoded(text: string): string {
  const undo = (written: string): string =>
    written.replace(/%[0-9a-f]{2}/gi, (code) => String.fromCharCode(parseInt(code.slice(1), 16)));
  return undo(undo(text));
}
