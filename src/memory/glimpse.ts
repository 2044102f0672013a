import type { Call, CallerKind, TrailEvent } from "../trail/call.ts";
import { either, richerKind } from "./call-join.ts";
import type { Moment } from "./lattice.ts";

/** One call behind an alert: enough to find it again. */
export interface Trace extends Moment {
  /** Of every copy seen, sorted. */
  readonly eventIds: readonly string[];
}

export function traceOf({ timeMs, key, eventIds }: TrailEvent): Trace {
  return { timeMs, id: key, eventIds };
}

/** The same call seen in another copy: both copies' event ids. */
export function joinTraces(a: Trace, b: Trace): Trace {
  return a.eventIds.length === 1 && a.eventIds[0] === b.eventIds[0] && b.eventIds.length === 1
    ? a
    : { ...a, eventIds: [...new Set([...a.eventIds, ...b.eventIds])].sort() };
}

/** Who called, whence and for what, as an alert shows it. Each string may have been chosen by an attacker. */
export interface Glimpse extends Moment {
  readonly kind: CallerKind;
  readonly arn: string | null;
  readonly sessionName: string | null;
  readonly last4: string | null;
  /** Null where the record has none. */
  readonly address: string | null;
  readonly vpcEndpointId: string | null;
  readonly userAgent: string | null;
  /** ARN of the role that was asked for, and the name that was asked for its session; of other events null. */
  readonly asked: string | null;
  readonly named: string | null;
}

export function glimpseOf(event: TrailEvent | Call): Glimpse {
  const { timeMs, key, caller, source, userAgent } = event;
  return {
    timeMs,
    id: key,
    kind: caller.kind,
    arn: caller.arn,
    sessionName: caller.sessionName,
    last4: caller.credential?.last4 ?? null,
    address: source.address === "" ? null : source.address,
    vpcEndpointId: source.vpcEndpointId,
    userAgent,
    ...("target" in event ? askedOf(event) : { asked: null, named: null }),
  };
}

function askedOf({ target, asked }: Call): Pick<Glimpse, "asked" | "named"> {
  return { asked: target.roleArn, named: asked?.sessionName ?? null };
}

/** Field by field, by the orders of `call-join.ts`. */
export function joinGlimpses(a: Glimpse, b: Glimpse): Glimpse {
  return {
    timeMs: a.timeMs,
    id: a.id,
    kind: richerKind(a.kind, b.kind),
    arn: either(a.arn, b.arn),
    sessionName: either(a.sessionName, b.sessionName),
    last4: either(a.last4, b.last4),
    address: either(a.address, b.address),
    vpcEndpointId: either(a.vpcEndpointId, b.vpcEndpointId),
    userAgent: either(a.userAgent, b.userAgent),
    asked: either(a.asked, b.asked),
    named: either(a.named, b.named),
  };
}
