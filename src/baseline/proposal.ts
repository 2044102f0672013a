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

/** What the names of a role's sessions have taught. */
export interface NamesSeen {
  readonly globs: readonly Proposed<string>[];
  /** Not null: why the globs are no promise to make. */
  readonly reason: string | null;
  readonly notes: readonly string[];
}

/** What comes on fewer days than these, where there are so many, may be anybody's: nothing is promised for it. */
export const DAYS_SEEN = 3;

/** What one role could be held to, from what was seen of it. */
export function roleProposal(arn: string, seen: RoleSurvey, names: NamesSeen, schedule: Schedule | null): RoleProposal {
  const callers = split(seen.callers, seen.days);
  const regions = split(seen.regions, seen.days);
  const durations = split(seen.durations, seen.days);
  const longest = Math.max(...durations.often.map(({ value }) => Number(value)));
  const policies = new Map(seen.policies.entries());
  return {
    arn,
    why: `${times(seen.callers.total())} into it and ${counted(seen.durations.total(), "call")} by it on ${counted(seen.days.size, "day")}`,
    workload: arn.slice(arn.lastIndexOf("/") + 1),
    callers: someOf(callers.often.filter(({ value }) => value.startsWith("arn:"))),
    regions: isNearlyAll(regions, seen.regions) ? someOf(regions.often) : null,
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
      ...cut(linesOf(seen.people).map((line) => `a person, not proposed as a caller: ${line}`)),
      ...cut(callers.seldom.map((line) => `caller seen, not proposed: ${line}`)),
      ...cut(regions.seldom.map((line) => `region seen, not proposed: ${line}`)),
      ...(isNearlyAll(regions, seen.regions)
        ? []
        : ["no regions are proposed: too many calls are in those that are rare"]),
      ...cut(durations.seldom.map((line) => `seconds asked for, not proposed: ${line}`)),
      ...scheduleNotes(schedule),
      ...(names.reason === null ? [] : [`session names are left to be learned: ${names.reason}`]),
      ...names.notes,
      ...cut(linesOf(seen.alarmed).map((line) => `it alarmed and is not proposed: ${line}`)),
    ],
  };
}

const LISTED = 10;

/** A flood of strangers fills no page. */
function cut(lines: readonly string[]): readonly string[] {
  return lines.length <= LISTED ? lines : [...lines.slice(0, LISTED), `… and ${lines.length - LISTED} more such`];
}

function linesOf(kinds: Frequent<null>): readonly string[] {
  return kinds.entries().map(([what, some]) => `${what}, ${howOften(some)}`);
}

interface Split {
  readonly often: readonly Proposed<string>[];
  readonly seldom: readonly string[];
}

function split(kinds: Frequent<null>, days: ReadonlySet<number>): Split {
  const entries = kinds.entries();
  const isOften = ([, some]: readonly [string, Seen<null>]): boolean =>
    some.days.size >= Math.min(DAYS_SEEN, days.size);
  return {
    often: entries.filter(isOften).map(([value, some]) => ({ value, why: howOften(some) })),
    seldom: entries.filter((entry) => !isOften(entry)).map(([value, some]) => `${value}, ${howOften(some)}`),
  };
}

/** A list that leaves out what is regular, only rare, accuses it. */
const NEARLY_ALL = 0.99;

function isNearlyAll({ often }: Split, kinds: Frequent<null>): boolean {
  const listed = new Set(often.map(({ value }) => value));
  const calls = kinds.entries().reduce((sum, [value, { count }]) => sum + (listed.has(value) ? count : 0), 0);
  return calls >= NEARLY_ALL * kinds.total();
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
  const { most, usual, beyond, roleDays } = schedule;
  const often = `on ${counted(roleDays, "role-day")} up to ${most} entries within 24 hours, where ${usual} are usual`;
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

/** What was found without a list of outbound roles, in words. */
export function passingNotes({ passing }: Discovered): readonly string[] {
  return passing.map(
    ({ arn, accounts, calls, days }) =>
      `entered foreign accounts, not proposed: ${arn}, ${counted(accounts, "account")}, ` +
      `${times(calls)} on ${counted(days, "day")}`,
  );
}

/** `3 calls on 2 days`. */
export function howOften({ count, days }: Pick<Seen<unknown>, "count" | "days">): string {
  return `${times(count)} on ${counted(days.size, "day")}`;
}

function times(count: number): string {
  return counted(count, "call");
}

/** `1 day`, `14 days`. */
export function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}

/** `12.5 %`, of a share from 0 to 1. */
export function percent(share: number): string {
  return `${Math.round(1000 * share) / 10} %`;
}
