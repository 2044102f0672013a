import type { Alert } from "../../src/alerts/alert.ts";
import { dice } from "../../src/simulate/dice.ts";
import type { Customer } from "../../src/simulate/customer.ts";
import { estateOf, FEWEST, type Estate } from "../../src/simulate/estate.ts";
import { sized, type ScorecardTest, type Sizing } from "./card.ts";
import { scannerFor, type Needle } from "./secrets/scanner.ts";
import { lived } from "./tenancy/lived.ts";
import { alertIn, listener } from "./tenancy/listener.ts";
import { feedTopics, papersOf, recordsOf, settingsOf, SOC_TOPIC, START_MS } from "./tenancy/simulated.ts";

const TENANTS = 500;
const EVENTS = 200_000;
/** Of hundred accounts so many belong to a tenant that has another one already. */
const ACCOUNTS_A_TENANT = 1.15;
/** Calls into an account on an ordinary day, about. */
const EVENTS_A_DAY = 35;
/** One account of so many is in no registry. */
const UNREGISTERED = 20;

export const t28: ScorecardTest = {
  id: "T28",
  part: "C",
  title: "no feed holds another tenant's marker; what is nobody's, and what is several tenants', is the SOC's alone",
  run: async (sizing) => {
    const estate = markedEstate(sizing);
    const { customers } = estate;
    const strangers = new Set(customers.filter(({ index }) => index % UNREGISTERED === UNREGISTERED - 1));
    const registered = customers.filter((customer) => !strangers.has(customer));
    const settings = await settingsOf(estate, papersOf(estate, registered));
    const { sns, heard } = listener();
    const { events } = await lived(recordsOf(estate, tenantsOf(sizing)), settings, sns);

    const faults: string[] = [];
    const known = new Set(registered.map(({ tenant }) => tenant));
    const scanner = scannerFor(customers.flatMap((customer) => markersOf(customer, strangers.has(customer), known)));
    const nobodys = new Set([...strangers].map(({ account }) => account));
    let [told, feeds] = [0, 0];
    for (const [tenant, topic] of feedTopics({ customers: registered })) {
      const messages = heard.get(topic) ?? [];
      if (messages.length > 0) feeds++;
      told += messages.length;
      const foreign = scanner.namesIn(Buffer.from(messages.join("\n"))).filter((name) => name !== tenant);
      if (foreign.length > 0) faults.push(`the feed of ${tenant} holds markers of ${foreign.join(", ")}`);
      const astray = messages.map(alertIn).find((alert) => alert.tenant !== tenant);
      if (astray !== undefined) faults.push(`the feed of ${tenant} was told ${astray.id}, which is not its own`);
    }
    const soc = (heard.get(SOC_TOPIC) ?? []).map(alertIn);
    const mass = soc.filter(({ evidence }) => listOf(evidence.tenants).length > 1);
    const unknown = soc.filter(({ account, evidence }) =>
      [account ?? "", ...listOf(evidence.accounts)].some((one) => nobodys.has(one)),
    );
    for (const { id, tenant } of [...mass, ...unknown])
      if (tenant !== null) faults.push(`${id} is about several or about nobody, and says ${tenant}`);
    const control = scanner.namesIn(Buffer.from(soc.map((alert) => JSON.stringify(alert)).join("\n")));
    const met = { events, feeds, told, mass: mass.length, unknown: unknown.length, control: control.length };
    const enough =
      events >= sized(EVENTS, sizing) * 0.95 &&
      Object.values(met).every((count) => count > 0) &&
      feeds >= tenantsOf(sizing) / 20;
    return {
      verdict: faults.length > 0 ? "FAIL" : enough ? "PASS" : "VACUOUS",
      figure: faults.length > 0 ? faults.length : told,
      unit: faults.length > 0 ? "faults" : "messages",
      detail: [JSON.stringify(met), ...faults.slice(0, 20), `seed ${sizing.seed}`].join("\n"),
    };
  },
};

function tenantsOf(sizing: Sizing): number {
  return sized(TENANTS, sizing);
}

/** An estate in which whatever names a customer names that one alone. */
function markedEstate(sizing: Sizing): Estate {
  const accounts = Math.max(FEWEST.accounts, Math.ceil(tenantsOf(sizing) * ACCOUNTS_A_TENANT));
  const days = Math.max(FEWEST.days, Math.round(sized(EVENTS, sizing) / accounts / EVENTS_A_DAY));
  const estate = estateOf({ seed: sizing.seed, accounts, days, startMs: START_MS });
  const chance = dice(sizing.seed, "markers");
  const names = new Map<string, string>();
  const nameOf = (tenant: string): string => {
    const name = names.get(tenant) ?? `tenant-${letters(chance.hex(16))}`;
    names.set(tenant, name);
    return name;
  };
  return {
    ...estate,
    customers: estate.customers.map((customer) => {
      const arn = customer.role.arn.replace(/Vendor-.*$/, `Vendor-${letters(chance.hex(16))}`);
      return { ...customer, tenant: nameOf(customer.tenant), role: { ...customer.role, arn } };
    }),
  };
}

/** Hexadecimal digits as letters, so that no number is taken for a word. */
function letters(hex: string): string {
  return hex.replace(/\d/g, (digit) => "ghijklmnop".charAt(Number(digit)));
}

function listOf(fact: Alert["evidence"][string] | undefined): readonly string[] {
  return Array.isArray(fact) ? (fact as readonly string[]) : [];
}

/** What names a customer. A stranger's markers are nobody's, but for the name of a tenant that is known by another account. */
function markersOf(
  { tenant, account, role, externalId, former }: Customer,
  isStranger: boolean,
  known: ReadonlySet<string>,
): readonly Needle[] {
  const name = isStranger ? "nobody" : tenant;
  const texts = [account, role.arn.slice(-16), role.id, externalId, ...(former === null ? [] : [former.externalId])];
  return [
    { text: tenant.slice("tenant-".length), name: known.has(tenant) ? tenant : "nobody" },
    ...texts.map((text) => ({ text, name })),
  ];
}
