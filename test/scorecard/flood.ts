import { serviceAssumption } from "../../src/simulate/noise.ts";
import { dice, type Dice } from "../../src/simulate/dice.ts";
import { HOMES, VENDOR_ACCOUNT, type Estate } from "../../examples/vendor/estate.ts";
import { deniedAssumeRole, type Session, type TrailRecord } from "../../src/simulate/record.ts";

/** How many events, and when. */
export interface FloodSize {
  readonly events: number;
  readonly startMs: number;
  /** They come evenly over this long. */
  readonly spanMs: number;
}

/** In a hundred events: calls that nobody is to judge, and the same calls once more. */
const NOISE = 20;
const REPEATED = 10;

/**
 * The flood of somebody who has a role in the vendor's account that may do nothing, and wants the alerts of others to
 * drown: refused calls to customers' roles and to invented ones, under ever new session names, from ever new addresses and
 * user agents, among calls of AWS's own services and repetitions. In time order.
 */
export function* floodOf(seed: number, estate: Estate, { events, startMs, spanMs }: FloodSize): Generator<TrailRecord> {
  const chance = dice(seed, "flood");
  const role = { arn: `arn:aws:iam::${VENDOR_ACCOUNT}:role/webhooks`, id: chance.awsId("AROA", 17) };
  let last: TrailRecord | null = null;
  for (let at = 0; at < events; at++) {
    const timeMs = startMs + Math.floor((at / events) * spanMs);
    const kind = chance.below(100);
    if (kind < NOISE) yield serviceAssumption(timeMs, HOMES[0].region, chance);
    else if (kind < NOISE + REPEATED && last !== null) yield last;
    else {
      last = refused(timeMs, sessionOf(role, timeMs, chance), estate, chance);
      yield last;
    }
  }
}

function sessionOf(role: Session["role"], createdMs: number, chance: Dice): Session {
  return { role, sessionName: `scan-${chance.hex(12)}`, accessKeyId: chance.awsId("ASIA", 16), createdMs };
}

function refused(timeMs: number, caller: Session, { customers }: Estate, chance: Dice): TrailRecord {
  const { account, role, externalId } = chance.pick(customers);
  const invented = { arn: `arn:aws:iam::${account}:role/Vendor-${chance.hex(8)}`, id: "AROAEXAMPLE" };
  const call = {
    ...{ timeMs, caller, externalId, region: HOMES[0].region },
    role: chance.below(2) === 0 ? role : invented,
    sessionName: caller.sessionName,
    address: `203.0.113.${chance.below(256)}`,
    userAgent: `aws-cli/${chance.below(100)}.${chance.below(100)} ${chance.hex(8)}`,
  };
  return deniedAssumeRole(call, chance);
}
