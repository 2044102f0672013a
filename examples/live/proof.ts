import type { Alert } from "../../src/alerts/alert.ts";
import type { TenantAlert } from "../../src/alerts/redact.ts";
import type { Expected } from "../vendor/attacks.ts";
import type { SampleVendor } from "../vendor/sample.ts";
import type { Received } from "./inbox.ts";

/** What subscribers have received. */
export interface Heard {
  readonly soc: readonly Received<Alert>[];
  readonly tenants: ReadonlyMap<string, readonly Received<TenantAlert>[]>;
}

/** Whether the demonstration shows what it claims. */
export interface Proof {
  /** The SOC's alerts, each as it was last told. */
  readonly alerts: readonly Alert[];
  readonly found: readonly Expected[];
  readonly missed: readonly Expected[];
  /** Neither an anomaly of the sample nor a stated consequence of one. */
  readonly falseAlarms: readonly Alert[];
  /** Messages with something of another tenant in them. */
  readonly astray: number;
  /** External IDs and session tokens in clear, in all messages. */
  readonly secrets: number;
  readonly messages: number;
  /** Each is a sentence; none where the demonstration holds. */
  readonly faults: readonly string[];
}

export function prove(sample: SampleVendor, heard: Heard): Proof {
  const alerts = [...new Map(heard.soc.map(({ alert }) => [alert.id, alert])).values()];
  const [found, missed] = [true, false].map((wanted) =>
    sample.expected.filter((expected) => alerts.some((alert) => isOf(alert, expected)) === wanted),
  ) as [Expected[], Expected[]];
  const known = [...sample.expected, ...sample.consequences];
  const falseAlarms = alerts.filter((alert) => !known.some((expected) => isOf(alert, expected)));
  const astray = [...heard.tenants].flatMap(([tenant, messages]) =>
    messages.filter((message) => isAstray(message, tenant, sample)),
  ).length;
  const bodies = [...heard.soc, ...[...heard.tenants.values()].flat()].map(({ body }) => body);
  const secrets = secretsOf(sample).filter((secret) => bodies.some((body) => body.includes(secret))).length;
  const faults = [
    ...missed.map(({ detector, tenant }) => `${detector}${tenant === null ? "" : ` (${tenant})`} was not told`),
    ...falseAlarms.map(
      ({ detector, tenant, id }) => `${detector} (${tenant ?? "no one tenant"}, ${id}) is a false alarm`,
    ),
    ...(astray === 0 ? [] : [`${astray} messages told a tenant of another`]),
    ...(secrets === 0 ? [] : [`${secrets} secrets were published`]),
  ];
  return { alerts, found, missed, falseAlarms, astray, secrets, messages: bodies.length, faults };
}

function isOf(alert: Alert, { detector, tenant }: Expected): boolean {
  return alert.detector === detector && alert.tenant === tenant;
}

/** Names, accounts and roles of the others: none may be read in this tenant's message. */
function isAstray({ alert }: Received<TenantAlert>, tenant: string, { customers }: SampleVendor): boolean {
  const others = customers.filter((customer) => customer.tenant !== tenant);
  const telling = others.flatMap((customer) => [`"${customer.tenant}"`, customer.account, customer.role.arn]);
  const message = JSON.stringify(alert);
  return alert.tenant !== tenant || telling.some((name) => message.includes(name));
}

/** Every external ID that customers have given, and the middle of every token that STS has issued. */
export function secretsOf({ customers, records }: SampleVendor): readonly string[] {
  const ids = customers.flatMap(({ externalId, previousExternalId }) => [externalId, previousExternalId]);
  const tokens = records.map(({ responseElements }) => {
    const { sessionToken } = (responseElements as Partial<Answer> | null)?.credentials ?? {};
    return sessionToken?.slice(100, 160);
  });
  return [...new Set([...ids, ...tokens])].filter((secret) => typeof secret === "string");
}

interface Answer {
  readonly credentials: { readonly sessionToken: string };
}
