import { formatAddress, isIpv4, type Address } from "../ranges/address.ts";
import type { Discovered } from "./discover.ts";
import type { Frequent, Seen } from "./frequent.ts";
import { isRegular, type Schedule } from "./schedule.ts";
import type { RoleSurvey } from "./survey.ts";

/** A value to be promised, and the counts behind it: hostile text, to be escaped where it is shown. */
export interface Proposed<T> {
  readonly value: T;
  readonly why: string;
}

/** What an outbound role could be held to. Null: it shows nothing that could be promised. */
export interface RoleProposal {
  readonly arn: string;
  readonly why: string;
  readonly workload: string;
  readonly callers: readonly Proposed<string>[] | null;
  readonly regions: readonly Proposed<string>[] | null;
  readonly sessionNames: readonly Proposed<string>[] | null;
  readonly cadence: Proposed<{ readonly perTarget: number; readonly every: string }> | null;
  readonly sessionPolicy: Proposed<"required"> | null;
  readonly maxDuration: Proposed<string> | null;
  /** What was seen and is not proposed, and why; one line each. */
  readonly notes: readonly string[];
}

/** Addresses that could be promised to be the vendor's own. */
export interface RangesProposal {
  readonly cidrs: readonly Proposed<string>[];
  readonly endpoints: readonly Proposed<string>[];
  readonly notes: readonly string[];
}

/** What the names of a role's sessions have taught. */
export interface NamesSeen {
  readonly globs: readonly Proposed<string>[];
  /** Not null: why the globs are no promise to make. */
  readonly reason: string | null;
  readonly notes: readonly string[];
}

/** What comes on fewer days than these, where there are so many, may be anybody's. */
const DAYS = 3;
const SHARE = 0.005;
const LISTED = 20;

/** What one role could be held to, from what was seen of it. */
export function roleProposal(arn: string, seen: RoleSurvey, names: NamesSeen, schedule: Schedule | null): RoleProposal {
  const callers = split(seen.callers, seen.days);
  const regions = split(seen.regions, seen.days);
  const durations = split(seen.durations, seen.days);
  const longest = Math.max(...durations.often.map(({ value }) => Number(value)));
  const policies = new Map(seen.policies.entries());
  return {
    arn,
    why: `entered or used ${times(seen.callers.total() + seen.durations.total())} on ${counted(seen.days.size, "day")}`,
    workload: arn.slice(arn.lastIndexOf("/") + 1),
    callers: someOf(callers.often.filter(({ value }) => value.startsWith("arn:"))),
    regions: someOf(regions.often),
    sessionNames: names.reason === null ? someOf(names.globs) : null,
    cadence: cadenceOf(schedule),
    sessionPolicy:
      policies.has("with") && !policies.has("without")
        ? { value: "required", why: `${times(policies.get("with")?.count ?? 0)} with one, never without` }
        : null,
    maxDuration: durationOf(longest, durations.often),
    notes: [
      ...(seen.callers.total() === 0
        ? ["nobody was seen to assume it: a service may, or its trail is another one"]
        : []),
      ...seen.people.entries().map(([who, some]) => `a person, not proposed as a caller: ${who}, ${howOften(some)}`),
      ...callers.seldom.map((line) => `caller seen, not proposed: ${line}`),
      ...regions.seldom.map((line) => `region seen, not proposed: ${line}`),
      ...durations.seldom.map((line) => `seconds asked for, not proposed: ${line}`),
      ...scheduleNotes(schedule),
      ...(names.reason === null ? [] : [`session names are left to be learned: ${names.reason}`]),
      ...names.notes,
      ...seen.alarmed.entries().map(([what, some]) => `it alarmed and is not proposed: ${what}, ${howOften(some)}`),
    ],
  };
}

interface Split {
  readonly often: readonly Proposed<string>[];
  readonly seldom: readonly string[];
}

function split(kinds: Frequent<null>, days: ReadonlySet<number>): Split {
  const entries = kinds.entries();
  const isOften = ([, some]: readonly [string, Seen<null>]): boolean => some.days.size >= Math.min(DAYS, days.size);
  return {
    often: entries.filter(isOften).map(([value, some]) => ({ value, why: howOften(some) })),
    seldom: entries.filter((entry) => !isOften(entry)).map(([value, some]) => `${value}, ${howOften(some)}`),
  };
}

function someOf<T>(values: readonly T[]): readonly T[] | null {
  return values.length === 0 ? null : values;
}

function cadenceOf(schedule: Schedule | null): RoleProposal["cadence"] {
  if (schedule === null || !isRegular(schedule)) return null;
  const why =
    `the most of ${counted(schedule.roleDays, "role-day")}, reached by ${percent(schedule.share)} of the roles; ` +
    `usual are ${schedule.usual}`;
  return { value: { perTarget: schedule.most, every: "24h" }, why };
}

function scheduleNotes(schedule: Schedule | null): readonly string[] {
  if (schedule === null || isRegular(schedule)) return [];
  const { most, usual, beyond } = schedule;
  const often = `up to ${most} entries of one role within 24 hours, where ${usual} are usual`;
  const more = beyond > 0 ? `, ${percent(beyond)} of the days beyond that` : "";
  return [`no schedule is proposed, rates are left to be learned: ${often}${more}`];
}

/** STS's own bounds, in seconds. */
const SESSION_SECONDS = { shortest: 900, longest: 43_200 } as const;

function durationOf(seconds: number, durations: readonly Proposed<string>[]): RoleProposal["maxDuration"] {
  if (!(seconds >= SESSION_SECONDS.shortest && seconds <= SESSION_SECONDS.longest)) return null;
  const why = durations.find(({ value }) => Number(value) === seconds)?.why ?? "";
  const value =
    seconds % 3600 === 0 ? `${seconds / 3600}h` : seconds % 60 === 0 ? `${seconds / 60}m` : `${String(seconds)}s`;
  return { value, why: `the longest asked for: ${why}` };
}

/** A fleet has so many networks that no list of what was seen would hold what comes. */
const FLEET = { networks: 20, share: 0.05 } as const;

/** `reported`: networks that alerts name. They need to be ordinary to be proposed: seen on half of the days or more. */
export function rangesProposal(roles: ReadonlyMap<string, RoleSurvey>, reported: ReadonlySet<string>): RangesProposal {
  const cidrs = new Map<string, Proposed<string>>();
  const endpoints = new Map<string, Proposed<string>>();
  const [notes, fleets]: [string[], string[]] = [[], []];
  for (const [arn, seen] of roles) {
    const total = seen.networks.total() + seen.endpoints.total() + seen.elsewhere.total();
    const often = ({ count, days }: Seen<unknown>): boolean =>
      days.size >= Math.min(DAYS, seen.days.size) && count >= SHARE * total;
    const name = arn.slice(arn.lastIndexOf("/") + 1);
    const rest: string[] = [];
    let restCalls = seen.networks.total();
    for (const [network, some] of seen.networks.entries()) {
      const { first, last, owner } = some.detail;
      const whose = owner === "" ? "" : `, ${owner}`;
      const ordinary = !reported.has(network) || 2 * some.days.size >= seen.days.size;
      if (often(some) && ordinary && first !== null && last !== null) {
        const cidr = smallest(first, last);
        cidrs.set(cidr, { value: cidr, why: joined(cidrs.get(cidr), `${name}: ${howOften(some)}${whose}`) });
        restCalls -= some.count;
      } else rest.push(`${network}, ${howOften(some)}${whose}${ordinary ? "" : ", named by an alert"}`);
    }
    for (const [id, some] of seen.endpoints.entries()) {
      if (often(some)) endpoints.set(id, { value: id, why: joined(endpoints.get(id), `${name}: ${howOften(some)}`) });
      else rest.push(`${id}, ${howOften(some)}`);
    }
    const many = rest.length + seen.networks.dropped();
    if (many >= FLEET.networks && restCalls >= FLEET.share * total)
      fleets.push(`${name} comes from ${many} networks more, with ${percent(restCalls / total)} of its calls`);
    notes.push(...cutTo(LISTED, rest).map((line) => `seen, not proposed: ${name} from ${line}`));
    for (const [place, some] of seen.elsewhere.entries())
      notes.push(
        `${place.startsWith("owned:") ? "owned already" : "cannot be proposed"}: ${name} from ${place}, ${howOften(some)}`,
      );
  }
  if (fleets.length === 0) return { cidrs: sorted(cidrs), endpoints: sorted(endpoints), notes };
  const why = "not proposed, because a list without a fleet's addresses would accuse it; name the list that has them";
  const withheld = [...sorted(cidrs), ...sorted(endpoints)].map((some) => `withheld: ${some.value}, ${some.why}`);
  return { cidrs: [], endpoints: [], notes: [...fleets.map((fleet) => `${why}: ${fleet}`), ...withheld, ...notes] };
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

function joined(known: Proposed<string> | undefined, why: string): string {
  return known === undefined ? why : `${known.why}; ${why}`;
}

function sorted(values: ReadonlyMap<string, Proposed<string>>): readonly Proposed<string>[] {
  return [...values.values()].sort((a, b) => (a.value < b.value ? -1 : 1));
}

function cutTo(most: number, lines: readonly string[]): readonly string[] {
  return lines.length <= most ? lines : [...lines.slice(0, most), `${lines.length - most} more`];
}

/** What was found without a list of outbound roles, in words. */
export function passingNotes({ passing }: Discovered): readonly string[] {
  return passing.map(
    ({ arn, accounts, calls, days }) =>
      `entered foreign accounts, not proposed: ${arn}, ${counted(accounts, "account")}, ` +
      `${times(calls)} on ${counted(days, "day")}`,
  );
}

function howOften({ count, days }: Pick<Seen<unknown>, "count" | "days">): string {
  return `${times(count)} on ${counted(days.size, "day")}`;
}

function times(count: number): string {
  return counted(count, "call");
}

/** `1 day`, `14 days`. */
function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}

function percent(share: number): string {
  return `${Math.round(1000 * share) / 10} %`;
}
