import { compareAddresses, formatAddress, isIpv4, type Address } from "../ranges/address.ts";
import type { Seen } from "./frequent.ts";
import { counted, DAYS_SEEN, howOften, percent, type Proposed } from "./proposal.ts";
import type { RoleSurvey, Stretch } from "./survey.ts";

/** Addresses that could be promised to be the vendor's own. */
export interface RangesProposal {
  readonly cidrs: readonly Proposed<string>[];
  readonly endpoints: readonly Proposed<string>[];
  readonly notes: readonly string[];
}

/** Of a role's calls, what is no chance visit. */
const SHARE = 0.005;
/** A fleet has so many networks that no list of what was seen would hold what comes. */
const FLEET = { networks: 20, share: 0.05 } as const;
const LISTED = 10;

/** One role, by its name, seen in one place. */
interface Sight {
  readonly name: string;
  readonly seen: Seen<unknown>;
  /** Regular, and a real share of the role's calls. */
  readonly often: boolean;
}

/**
 * Proposes the places where any role is regularly: of a /24 or a /64 the smallest network that holds what was seen of it.
 * `reported`: networks that alerts name; they need to be ordinary to be proposed, seen on half of the role's days or more.
 * Nothing is proposed where a part of some role's calls comes from ever new networks: they would all be accused.
 */
export function rangesProposal(roles: ReadonlyMap<string, RoleSurvey>, reported: ReadonlySet<string>): RangesProposal {
  const networks = new Map<string, { readonly stretch: Stretch; readonly sights: Sight[] }>();
  const endpoints = new Map<string, Sight[]>();
  for (const [arn, survey] of roles) {
    const name = arn.slice(arn.lastIndexOf("/") + 1);
    const total = callsOf(survey);
    const sightOf = (seen: Seen<unknown>, ordinary: boolean): Sight => {
      const regular = seen.days.size >= Math.min(DAYS_SEEN, survey.days.size);
      return { name, seen, often: ordinary && regular && seen.count >= SHARE * total };
    };
    for (const [network, seen] of survey.networks.entries()) {
      const known = networks.get(network) ?? { stretch: { ...seen.detail }, sights: [] };
      networks.set(network, known);
      extend(known.stretch, seen.detail);
      known.sights.push(sightOf(seen, !reported.has(network) || 2 * seen.days.size >= survey.days.size));
    }
    for (const [id, seen] of survey.endpoints.entries())
      endpoints.set(id, [...(endpoints.get(id) ?? []), sightOf(seen, true)]);
  }
  const [cidrs, strays] = [[...networks].filter(isOften), [...networks].filter((entry) => !isOften(entry))];
  const own = [...endpoints].filter(([, sights]) => sights.some(({ often }) => often));
  const fleets = fleetsAmong(roles, new Set(strays.map(([network]) => network)));
  const proposed = {
    cidrs: cidrs.map(([network, { stretch, sights }]) => ({
      value: cidrOf(network, stretch),
      why: why(sights, stretch),
    })),
    endpoints: own.map(([value, sights]) => ({ value, why: why(sights) })),
  };
  const notes = [
    ...strays.map(([network, { stretch, sights }]) => `seen, not proposed: ${network}, ${why(sights, stretch)}`),
    ...[...endpoints].flatMap(([id, sights]) =>
      sights.some(({ often }) => often) ? [] : [`seen, not proposed: ${id}, ${why(sights)}`],
    ),
  ];
  const more = notes.length > LISTED ? [`seen, not proposed: ${notes.length - LISTED} networks more`] : [];
  const all = [...notes.slice(0, LISTED), ...more, ...elsewhereNotes(roles)];
  if (fleets.length === 0) return { cidrs: sorted(proposed.cidrs), endpoints: sorted(proposed.endpoints), notes: all };
  const withheld = [...sorted(proposed.cidrs), ...sorted(proposed.endpoints)];
  const because =
    "no ranges are proposed, as a list without a fleet's addresses accuses it; name the list that has them";
  return {
    cidrs: [],
    endpoints: [],
    notes: [
      ...fleets.map((fleet) => `${because}: ${fleet}`),
      ...withheld.map((some) => `withheld: ${some.value}, ${some.why}`),
      ...all,
    ],
  };
}

function isOften([, { sights }]: readonly [string, { readonly sights: readonly Sight[] }]): boolean {
  return sights.some(({ often }) => often);
}

function callsOf({ networks, endpoints, elsewhere }: RoleSurvey): number {
  return networks.total() + endpoints.total() + elsewhere.total();
}

/** The roles of which a part comes from so many networks that are not proposed. */
function fleetsAmong(roles: ReadonlyMap<string, RoleSurvey>, strays: ReadonlySet<string>): readonly string[] {
  return [...roles].flatMap(([arn, survey]) => {
    const own = survey.networks.entries();
    const among = own.filter(([network]) => strays.has(network));
    const covered = own.reduce((sum, [network, { count }]) => sum + (strays.has(network) ? 0 : count), 0);
    const share = (survey.networks.total() - covered) / callsOf(survey);
    const many = among.length + survey.networks.dropped();
    if (many < FLEET.networks || share < FLEET.share) return [];
    return [
      `${arn.slice(arn.lastIndexOf("/") + 1)} comes from ${many} networks more, with ${percent(share)} of its calls`,
    ];
  });
}

function elsewhereNotes(roles: ReadonlyMap<string, RoleSurvey>): readonly string[] {
  return [...roles].flatMap(([arn, { elsewhere }]) =>
    elsewhere.entries().map(([place, seen]) => {
      const what = place.startsWith("owned:") ? "owned already" : "cannot be proposed";
      return `${what}: ${place}, ${arn.slice(arn.lastIndexOf("/") + 1)}: ${howOften(seen)}`;
    }),
  );
}

function why(sights: readonly Sight[], { owner }: Pick<Stretch, "owner"> = { owner: "" }): string {
  const shown = sights.slice(0, LISTED).map(({ name, seen }) => `${name}: ${howOften(seen)}`);
  const more = sights.length > LISTED ? [counted(sights.length - LISTED, "more role")] : [];
  return [...(owner === "" ? [] : [owner]), ...shown, ...more].join("; ");
}

function extend(stretch: Stretch, { first, last }: Stretch): void {
  if (first !== null && (stretch.first === null || compareAddresses(first, stretch.first) < 0)) stretch.first = first;
  if (last !== null && (stretch.last === null || compareAddresses(last, stretch.last) > 0)) stretch.last = last;
}

function cidrOf(network: string, { first, last }: Stretch): string {
  return first === null || last === null ? network : smallest(first, last);
}

/** The smallest network with both addresses, which share a /24 or a /64. */
function smallest(first: Address, last: Address): string {
  const different = first.map((word, at) => Math.clz32(word ^ (last[at] ?? 0)));
  const word = different.findIndex((bits) => bits < 32);
  const shared = word === -1 ? 128 : 32 * word + (different[word] ?? 0);
  const ipv4 = isIpv4(first);
  const bits = ipv4 ? shared : Math.min(shared, 64);
  const address = first.map((part, at) => (part & maskOf(bits - 32 * at)) >>> 0) as unknown as Address;
  return `${formatAddress(address)}/${ipv4 ? bits - 96 : bits}`;
}

function maskOf(bits: number): number {
  return bits <= 0 ? 0 : bits >= 32 ? 0xffffffff : ~(0xffffffff >>> bits);
}

function sorted(values: readonly Proposed<string>[]): readonly Proposed<string>[] {
  return [...values].sort((a, b) => (a.value < b.value ? -1 : 1));
}
