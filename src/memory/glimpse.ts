import type { Call, CallerKind, ControlEvent } from "../trail/call.ts";
import { richer } from "./call-join.ts";
import type { Moment } from "./lattice.ts";

/** One call behind an alert: enough to find it again. */
export interface Trace extends Moment {
  /** Of every copy seen, sorted. */
  readonly eventIds: readonly string[];
}

export function traceOf({ timeMs, key, eventIds }: Call | ControlEvent): Trace {
  return { timeMs, id: key, eventIds };
}

/** The same call seen in another copy: both copies' event ids. */
export function joinTraces(a: Trace, b: Trace): Trace {
  return a.eventIds.length === 1 && a.eventIds[0] === b.eventIds[0] && b.eventIds.length === 1
    ? a
    : { ...a, eventIds: [...new Set([...a.eventIds, ...b.eventIds])].sort() };
}

/** Who called and whence, as an alert shows it. Each string may have been chosen by an attacker. */
export interface Glimpse extends Moment {
  readonly kind: CallerKind;
  readonly arn: string | null;
  readonly sessionName: string | null;
  readonly last4: string | null;
  readonly address: string;
  readonly vpcEndpointId: string | null;
  readonly userAgent: string | null;
}

export function glimpseOf({ timeMs, key, caller, source, userAgent }: Call | ControlEvent): Glimpse {
  return {
    timeMs,
    id: key,
    kind: caller.kind,
    arn: caller.arn,
    sessionName: caller.sessionName,
    last4: caller.credential?.last4 ?? null,
    address: source.address,
    vpcEndpointId: source.vpcEndpointId,
    userAgent,
  };
}

/** Field by field: the richer kind of caller, and of two texts the one that is there. */
export function joinGlimpses(a: Glimpse, b: Glimpse): Glimpse {
  const [rich, poor] = richer(a.kind, b.kind) ? [a, b] : [b, a];
  return {
    ...rich,
    arn: rich.arn ?? poor.arn,
    sessionName: rich.sessionName ?? poor.sessionName,
    last4: rich.last4 ?? poor.last4,
    address: rich.address === "" ? poor.address : rich.address,
    vpcEndpointId: rich.vpcEndpointId ?? poor.vpcEndpointId,
    userAgent: rich.userAgent ?? poor.userAgent,
  };
}
