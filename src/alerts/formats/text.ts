import { styleText } from "node:util";
import { SEVERITIES, type Severity } from "../../detectors/detector.ts";
import type { Alert } from "../alert.ts";
import { escapeText } from "../escape.ts";
import type { Format, Look } from "./format.ts";
import { labelled, numbered, someOf, spanText, wrap } from "./layout.ts";

const LABEL_COLUMNS = 11;
/** Of a caller's own string, such as a user agent; the whole of it is in the JSON formats. */
const QUOTED_CHARACTERS = 160;

/** How a severity looks where there is colour. */
export const SEVERITY_STYLES = {
  low: ["cyan"],
  medium: ["yellow"],
  high: ["bold", "red"],
  critical: ["bold", "inverse", "red"],
} as const satisfies Record<Severity, readonly string[]>;

const PLACES: Readonly<Record<NonNullable<Alert["source"]>["place"], string>> = {
  owned: "the vendor's own",
  aws: "AWS, but not the vendor's",
  outside: "not the vendor's",
  "foreign-endpoint": "a VPC endpoint that is not the vendor's",
  private: "private, and no VPC endpoint recorded",
  service: "an AWS service",
  "aws-internal": "AWS on the caller's behalf, as in the console",
  unparsable: "not an address",
};

/** For people, worst first: what happened, when, who, whence, against whom, and what to do about it. */
export const text: Format = {
  name: "text",
  contentFor: (alerts, look) =>
    [...alerts]
      .sort(worstFirst)
      .map((alert) => `${linesOf(alert, look).join("\n")}\n`)
      .join("\n"),
};

function worstFirst(a: Alert, b: Alert): number {
  return (
    SEVERITIES.indexOf(b.severity) - SEVERITIES.indexOf(a.severity) ||
    Date.parse(a.firstSeen) - Date.parse(b.firstSeen) ||
    (a.id < b.id ? -1 : a.id > b.id ? 1 : 0)
  );
}

function linesOf(alert: Alert, { columns, colour }: Look): string[] {
  const tag = `[${alert.severity.toUpperCase()}]`;
  const [heading = tag, ...headingRest] = wrap(`${tag} ${escapeText(alert.title)}`, columns);
  const row = (label: string, lines: readonly string[]): string[] =>
    labelled(label, lines.map(escapeText), LABEL_COLUMNS, columns);
  return [
    heading.replace(
      tag,
      colour ? styleText([...SEVERITY_STYLES[alert.severity]], tag, { validateStream: false }) : tag,
    ),
    ...headingRest,
    ...wrap(escapeText(alert.summary), columns),
    "",
    ...row("Suppressed", suppressed(alert)),
    ...row("When", when(alert)),
    ...row(alert.calls > 1 ? "First by" : "Who", who(alert)),
    ...row(alert.calls > 1 ? "First from" : "From", whence(alert)),
    ...row("Against", against(alert)),
    ...row("Workload", [alert.workload ?? ""]),
    ...row("Evidence", evidence(alert)),
    ...(alert.respond.length === 0 ? [] : ["  First questions"]),
    ...numbered(alert.respond.map(escapeText), columns - 4).map((line) => `    ${line}`),
    ...row("ATT&CK", [alert.attack.join(" ")]),
    ...row("Events", [someOf(alert.eventIds, 3)]),
    ...row("Alert", [`${alert.id} (${alert.detector})`]),
  ];
}

function suppressed({ suppressed: by }: Alert): string[] {
  return by === null ? [] : [`until ${readable(by.until)} by ${by.owner}: ${by.reason}`];
}

function when({ firstSeen, lastSeen, calls, window }: Alert): string[] {
  const spanMs = Date.parse(lastSeen) - Date.parse(firstSeen);
  const times = calls === 1 ? "1 call" : `${calls.toLocaleString("en-US")} calls`;
  return [
    spanMs === 0
      ? `${readable(firstSeen)} (${times})`
      : `${between(firstSeen, lastSeen)} (${times} in ${spanText(spanMs)})`,
    window === null ? "" : `alarmed in the window ${between(window.start, window.end)}`,
  ];
}

function who({ principal, source }: Alert): string[] {
  if (principal === null) return [];
  const { type, arn, sessionName, credential } = principal;
  const agent = source?.userAgent ?? null;
  return [
    arn ?? "no ARN recorded",
    type +
      (credential === null ? "" : `, key ${credential}`) +
      (sessionName === null ? "" : `, session ${quoted(sessionName)}`),
    agent === null ? "" : `agent ${quoted(agent)}`,
  ];
}

function whence({ source, versions }: Alert): string[] {
  if (source === null) return [];
  const unknown = versions.ranges === "none" && source.place === "outside";
  const place = unknown ? "no ranges are configured to hold it against" : PLACES[source.place];
  const address = source.address === "" ? "no address recorded" : quoted(source.address);
  const endpoint = source.vpcEndpointId ?? "";
  return [`${address}${endpoint === "" ? "" : ` through ${endpoint}`} (${place})`];
}

function against({ tenant, account, roleArn, evidence: lists }: Alert): string[] {
  if (tenant !== null && account !== null) return [`tenant ${tenant}, account ${account}`, roleArn ?? ""];
  return [several("tenant", tenant, lists), several("account", account, lists), several("role", roleArn, lists)];
}

/** Memory keeps every tenant and account, and so their number is known; of roles and facts it keeps the first few. */
function several(noun: "tenant" | "account" | "role", only: string | null, lists: Alert["evidence"]): string {
  if (only !== null) return noun === "role" ? only : `${noun} ${only}`;
  const list = lists[`${noun}s`];
  if (typeof list !== "object") return "";
  if (noun === "role") return `roles: ${someOf(list, 3, null)}`;
  const total = lists[`${noun}Count`];
  const count = typeof total === "number" ? total : list.length;
  return `${count.toLocaleString("en-US")} ${noun}s: ${someOf(list, 3, count)}`;
}

/** Named as sets of the alert itself, which `Against` has told already. */
const TOLD: ReadonlySet<string> = new Set(
  ["tenant", "account", "role"].flatMap((noun) => [`${noun}s`, `${noun}Count`]),
);

function evidence({ evidence: named }: Alert): string[] {
  return Object.entries(named)
    .filter(([name]) => !TOLD.has(name))
    .map(([name, value]) => `${spaced(name)}: ${shown(value)}`);
}

function shown(value: Alert["evidence"][string]): string {
  if (typeof value === "string") return quoted(value);
  if (typeof value === "number") return Number.isInteger(value) ? value.toLocaleString("en-US") : String(value);
  return someOf(value.map(quoted), 5, null);
}

function quoted(value: string): string {
  const rest = value.length - QUOTED_CHARACTERS;
  return rest > 0 ? `${value.slice(0, QUOTED_CHARACTERS)}… (${rest} characters more)` : value;
}

function spaced(name: string): string {
  return name
    .replace(/[-_]/g, " ")
    .replace(/([a-z])([A-Z])/g, (_, last: string, first: string) => `${last} ${first.toLowerCase()}`);
}

/** `2026-11-20T10:00:00Z` as `2026-11-20 10:00:00 UTC`. */
function readable(instant: string): string {
  return instant.replace("T", " ").replace(/Z$/, " UTC");
}

/** Two instants, the day said once where it is the same. */
function between(first: string, last: string): string {
  const sameDay = first.slice(0, 10) === last.slice(0, 10);
  const start = readable(first).replace(/ UTC$/, "");
  return `${start} to ${sameDay ? readable(last).slice(11) : readable(last)}`;
}
