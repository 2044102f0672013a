import { compareAddresses, parseAddress, type Address } from "../ranges/address.ts";
import { networkOf, placeLabel } from "../ranges/place.ts";
import { addPair, hash32, noPairs } from "../memory/pairs.ts";
import type { Sighting } from "../outbound/sighting.ts";
import type { Caller } from "../trail/call.ts";
import { DAY_MS } from "./counts.ts";
import { frequent, type Frequent } from "./frequent.ts";

/** The addresses of one /24 or /64 that were seen. */
export interface Stretch {
  first: Address | null;
  last: Address | null;
  /** Whose they are: `aws:EC2/us-east-1`, or nobody's that is known. */
  owner: string;
}

/** What a trail shows of one outbound role besides numbers and names: what it may be held to. */
export interface RoleSurvey {
  /** UTC days on which it was entered or went anywhere. */
  readonly days: Set<number>;
  /** Who assumed it (hop 1): ARNs of roles without their sessions, of users, else the kind of caller. */
  readonly callers: Frequent<null>;
  /** People who assumed or used it. */
  readonly people: Frequent<null>;
  readonly regions: Frequent<null>;
  /** Seconds that sessions in customers' accounts were asked for. */
  readonly durations: Frequent<null>;
  /** `with` and `without` a session policy. */
  readonly policies: Frequent<null>;
  readonly networks: Frequent<Stretch>;
  /** VPC endpoints that the vendor does not list. */
  readonly endpoints: Frequent<null>;
  /** Places that need no proposal or can have none: `owned:…`, `service:…`, private, unparsable. */
  readonly elsewhere: Frequent<null>;
  /** What alarmed and teaches nothing: `source-outside-ranges: 203.0.113.0/24`. */
  readonly alarmed: Frequent<null>;
}

/** Collects what is seen of the outbound roles, call by call, in bounded memory. */
export interface Survey {
  readonly see: (sighting: Sighting) => void;
  /** By the role's ARN. */
  readonly roles: ReadonlyMap<string, RoleSurvey>;
}

/** `alarmedBy` names the detector that objects to a call by itself; null: none does. */
export function survey(alarmedBy: (sighting: Sighting) => string | null): Survey {
  const roles = new Map<string, RoleSurvey>();
  const isKnown = rememberingKeys();
  return {
    roles,
    see: (sighting) => {
      const { call, role } = sighting;
      if (role === null || call.outcome !== "allowed") return;
      if (isKnown(call.key)) return;
      const known = roles.get(role.arn) ?? emptySurvey();
      roles.set(role.arn, known);
      const day = Math.floor(call.timeMs / DAY_MS);
      known.days.add(day);
      const detector = alarmedBy(sighting);
      if (isByHand(call.caller)) known.people.note(callerLabel(call.caller), day);
      else if (detector !== null) known.alarmed.note(`${detector}: ${strangenessOf(sighting)}`, day);
      else noteOrdinary(known, sighting, day);
    },
  };
}

/** Two hashes of a key tell a billion calls apart. */
const OTHER_SEED = 0x9e3779b9;

/** Asks whether a call's key was asked for before: a copy or a redelivery more is not a call more. */
export function rememberingKeys(): (key: string) => boolean {
  const keys = noPairs();
  return (key) => {
    const before = keys.size;
    addPair(keys, hash32(key), hash32(key, OTHER_SEED));
    return keys.size === before;
  };
}

/** Whether a person made the call, as far as one sign alone tells; a function's credentials are a machine's. */
export function isByHand({ human, machine }: Caller): boolean {
  return !machine && human.some(({ strength }) => strength !== "weak");
}

function emptySurvey(): RoleSurvey {
  const plain = (): Frequent<null> => frequent(() => null);
  return {
    days: new Set(),
    callers: plain(),
    people: plain(),
    regions: plain(),
    durations: plain(),
    policies: plain(),
    networks: frequent(() => ({ first: null, last: null, owner: "" })),
    endpoints: plain(),
    elsewhere: plain(),
    alarmed: plain(),
  };
}

function noteOrdinary(into: RoleSurvey, { call, hop, place }: Sighting, day: number): void {
  if (call.region !== null && !call.globalEndpoint) into.regions.note(call.region, day);
  if (hop === "entry") into.callers.note(callerLabel(call.caller), day);
  else if (call.asked !== null) {
    into.durations.note(String(call.asked.durationSeconds ?? DEFAULT_SECONDS), day);
    into.policies.note(call.asked.sessionPolicy ? "with" : "without", day);
  }
  const network = networkOf(call.source.address);
  if (place.kind === "foreign-endpoint") into.endpoints.note(place.endpoint, day);
  else if (network === null || (place.kind !== "outside" && place.kind !== "aws"))
    into.elsewhere.note(placeLabel(place, call.source), day);
  else
    widen(
      into.networks.note(network, day),
      call.source.address,
      place.kind === "aws" ? placeLabel(place, call.source) : "",
    );
}

/** STS's own. @see https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html */
const DEFAULT_SECONDS = 3600;

function widen(stretch: Stretch, text: string, owner: string): void {
  const address = parseAddress(text);
  if (address === undefined) return;
  if (stretch.first === null || compareAddresses(address, stretch.first) < 0) stretch.first = address;
  if (stretch.last === null || compareAddresses(address, stretch.last) > 0) stretch.last = address;
  stretch.owner = owner;
}

function callerLabel({ roleArn, arn, account, kind }: Caller): string {
  return roleArn ?? arn ?? `${kind} of ${account ?? "an unknown account"}`;
}

function strangenessOf({ call, hop, place }: Sighting): string {
  const from = networkOf(call.source.address) ?? placeLabel(place, call.source);
  return hop === "entry" ? `${callerLabel(call.caller)} from ${from}` : `from ${from}`;
}
