import { withoutPath } from "../trail/arn.ts";
import type { Facet } from "../memory/cell.ts";
import { hash32 } from "../memory/pairs.ts";
import type { Sighting } from "../outbound/sighting.ts";
import type { Place } from "../ranges/place.ts";
import type { FacetsMemo } from "./detector.ts";

/**
 * Where credentials came from and where they went, joined by the digest of their access key: what their issuing said, and
 * from which sites, as which role and session they were used. Both accounts' trails tell of it, in either order, so what
 * is judged stands in the labels, which are never displaced. There is one for the issuing and, however many calls were
 * made, one for each site and hour of use.
 */
export const lineage: FacetsMemo = {
  name: "lineage",
  note: (sighting) => {
    const { call, place } = sighting;
    const { operation, outcome, issued, target, asked, timeMs } = call;
    if (!HANDED_OVER.has(operation) || outcome !== "allowed" || !isFollowed(sighting)) return undefined;
    if (issued === null || target.roleArn === null) return undefined;
    const seconds = asked === null ? null : (asked.durationSeconds ?? DEFAULT_SECONDS);
    const said: IssueLabel = [
      "issued",
      ...siteOf(place),
      bare(target.roleArn),
      hashed(asked?.sessionName ?? null),
      timeMs,
      seconds === null ? null : timeMs + seconds * 1000,
    ];
    return { subject: issued.digest, label: JSON.stringify(said) };
  },
  noteUse: ({ event, place }) => {
    const { caller, timeMs } = event;
    if (caller.credential === null || caller.roleArn === null) return undefined;
    const shown: UseLabel = [
      "target" in event ? "crossed" : "used",
      ...siteOf(place),
      bare(caller.roleArn),
      hashed(caller.sessionName),
      Math.floor(timeMs / HOUR_MS),
    ];
    return { subject: caller.credential.digest, label: JSON.stringify(shown) };
  },
};

/**
 * Operations whose answer goes to whoever uses it. A SAML answer is fetched by a person's browser and used elsewhere; for
 * people of IAM Identity Center the key that was issued is not even the one that is used.
 */
const HANDED_OVER: ReadonlySet<string> = new Set(["AssumeRole", "AssumeRoleWithWebIdentity"]);

/**
 * Whether anybody will tell what becomes of the credentials. A vendor enters customers' roles all day, and most customers
 * forward no trail: a cell for each of those entries would cost more than all other memory, to join nothing. Where the
 * trail is forwarded it holds the customer's copy of the entry, and that is the sign; where only what the role did is
 * forwarded, the registry says so.
 */
function isFollowed({ hop, call, tenancy }: Sighting): boolean {
  if (hop === "entry" || call.partial) return true;
  return tenancy !== null && "role" in tenancy && tenancy.role.forwardsTrail;
}

/** @see https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html */
const DEFAULT_SECONDS = 3_600;
const HOUR_MS = 3_600_000;
/** Longer than any role's ARN without its path. */
const LONGEST_ARN = 128;

/** Kind and region of a place, the latter empty where it is unknown. */
type Site = readonly [kind: Place["kind"], region: string];
type IssueLabel = readonly [
  "issued",
  ...Site,
  roleArn: string,
  session: number | null,
  timeMs: number,
  untilMs: number | null,
];
type UseLabel = readonly ["used" | "crossed", ...Site, roleArn: string, session: number | null, hour: number];

/** A region is a workload's site whatever its address there: each service of AWS has endpoints and egress of its own. */
function siteOf(place: Place): Site {
  const region = place.kind === "owned" ? place.region : place.kind === "aws" ? place.region : null;
  return [place.kind, region === null || region === "GLOBAL" ? "" : region];
}

function bare(roleArn: string): string {
  return withoutPath(roleArn).slice(0, LONGEST_ARN);
}

/**
 * A session's name by one byte of its hash: names are compared, not read. Whoever chose them gets none of their text into
 * memory, and whoever forges records of one key no more than 256 labels for a site and hour.
 */
function hashed(name: string | null): number | null {
  return name === null ? null : hash32(name) & 0xff;
}

/** How credentials were issued. */
export interface Issue {
  readonly label: string;
  readonly site: Site;
  /** The role whose credentials they are, without its path. */
  readonly roleArn: string;
  readonly session: number | null;
  readonly timeMs: number;
  /** Null where the record does not say for how long. */
  readonly untilMs: number | null;
}

/** How credentials were used: one site, one hour. */
export interface Used {
  readonly label: string;
  readonly site: Site;
  /** Of the role as which they were used, without its path. */
  readonly roleArn: string;
  readonly session: number | null;
  readonly earliestMs: number;
  /** Start of the hour. */
  readonly hourMs: number;
  /** To assume a role: whence that was done is judged call by call. */
  readonly crossing: boolean;
}

/** Reads memory back. */
export function lineageOf(facets: ReadonlyMap<string, Facet>): {
  readonly issues: readonly Issue[];
  readonly uses: readonly Used[];
} {
  const [issues, uses]: [Issue[], Used[]] = [[], []];
  for (const [label, { sample }] of facets) {
    const said = JSON.parse(label) as IssueLabel | UseLabel;
    const site: Site = [said[1], said[2]];
    if (said[0] === "issued") {
      const [, , , roleArn, session, timeMs, untilMs] = said;
      issues.push({ label, site, roleArn, session, timeMs, untilMs });
    } else {
      const [, , , roleArn, session, hour] = said;
      const [earliestMs, crossing] = [sample[0]?.timeMs ?? Infinity, said[0] === "crossed"];
      uses.push({ label, site, roleArn, session, earliestMs, hourMs: hour * HOUR_MS, crossing });
    }
  }
  return { issues, uses };
}

/** Whether credentials of this role and session name are those that were issued; what a record does not name accuses nobody. */
export function isAnother({ roleArn, session }: Used, issue: Issue): boolean {
  return roleArn !== issue.roleArn || (session !== null && issue.session !== null && session !== issue.session);
}

/** Sites that can be compared: an endpoint is one service's, and what is no address is nowhere. */
export const COMPARABLE: ReadonlySet<Place["kind"]> = new Set(["owned", "aws", "outside"]);

/** Whether two sites cannot be one workload's. */
export function apart([kindA, regionA]: Site, [kindB, regionB]: Site): boolean {
  if (!COMPARABLE.has(kindA) || !COMPARABLE.has(kindB)) return false;
  return kindA !== kindB || (regionA !== "" && regionB !== "" && regionA !== regionB);
}
