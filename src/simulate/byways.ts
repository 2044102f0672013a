import { cross, postFor, workAt } from "./crossing.ts";
import { dice, type Dice } from "./dice.ts";
import { integer } from "./distributions.ts";
import type { Estate } from "./estate.ts";
import { OFFICE, type Region } from "./network.ts";
import { deployment, otherCall, serviceAssumption } from "./noise.ts";
import { assumeRole, VENDOR_ACCOUNT, type Session, type TrailRecord } from "./record.ts";
import { COMMAND_LINE } from "./agent.ts";
import type { Shift } from "./shift.ts";
import type { Step } from "./step.ts";
import { dayOf, DAY_MS, HOUR_MS, SECOND_MS } from "./time.ts";

/**
 * New customers, each tried before it goes live: without an external ID, which its role must refuse, and then with it.
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_common-scenarios_third-party.html
 */
export function probesOf(estate: Estate, dayMs: number, shift: Shift): readonly Step[] {
  const chance = dice(estate.seed, `probes ${dayMs}`);
  return estate.customers
    .filter(({ sinceMs }) => dayOf(sinceMs) === dayMs)
    .flatMap((customer) => {
      const timeMs = Math.min(customer.sinceMs + integer(chance, 20, 600) * SECOND_MS, dayMs + DAY_MS - 60 * SECOND_MS);
      const probe = workAt(shift, postFor(estate.prober, customer), customer, timeMs);
      const verified = { ...probe, timeMs: timeMs + integer(chance, 1, 20) * SECOND_MS };
      const records = dice(estate.seed, `probe ${customer.account}`);
      return [
        { timeMs, write: () => cross(estate, { ...probe, externalId: null, denied: true }, records) },
        { timeMs: verified.timeMs, write: () => cross(estate, verified, records) },
      ];
    });
}

/** What else fills a vendor's trail: AWS's services, other programs, deployments, and people who enter roles of their own. */
export function byways(estate: Estate, dayMs: number): readonly Step[] {
  const { seed, regions, customers, workloads, partition } = estate;
  const chance = dice(seed, `byways ${dayMs}`);
  const steps: Step[] = [];
  const sometimes = (count: number, record: (timeMs: number, each: Dice) => TrailRecord): void => {
    for (let nth = 0; nth < count; nth++) {
      const timeMs = dayMs + chance.below(DAY_MS);
      const name = `byway ${dayMs} ${steps.length}`;
      steps.push({ timeMs, write: () => [record(timeMs, dice(seed, name))] });
    }
  };
  const count = Math.ceil(customers.length / 20);
  for (const { name, nat } of regions) {
    const [address = ""] = nat.addresses;
    sometimes(count, (timeMs, each) => serviceAssumption(timeMs, name, each, partition));
    sometimes(count, (timeMs, each) => otherCall(timeMs, name, address, each, partition));
  }
  const [home] = regions;
  if (home !== undefined) sometimes(integer(chance, 0, 6), (timeMs, each) => personAtHome(estate, home, timeMs, each));
  for (const timeMs of new Set(workloads.flatMap(({ deployedMs }) => deployedMs))) {
    if (dayOf(timeMs) !== dayMs) continue;
    steps.push({ timeMs, write: () => [deployment(timeMs, dice(seed, `deployment ${timeMs}`))] });
  }
  return steps;
}

/** Somebody of the vendor's people, signed in through IAM Identity Center. */
export function personOf({ partition }: Estate, timeMs: number, chance: Dice): Session {
  const name = chance.pick(["alex", "robin", "sam", "kim"]);
  return {
    role: {
      arn: `arn:${partition}:iam::${VENDOR_ACCOUNT}:role/aws-reserved/sso.amazonaws.com/AWSReservedSSO_PlatformAdmin_${chance.hex(16)}`,
      id: chance.awsId("AROA", 17),
    },
    sessionName: `${name}@vendor.example`,
    accessKeyId: chance.awsId("ASIA", 16),
    createdMs: timeMs - HOUR_MS / 4,
  };
}

/** A person enters a role of the vendor's own account, which leads to no customer. */
function personAtHome(estate: Estate, { name }: Region, timeMs: number, chance: Dice): TrailRecord {
  const caller = personOf(estate, timeMs, chance);
  const role = { arn: `arn:${estate.partition}:iam::${VENDOR_ACCOUNT}:role/read-only`, id: chance.awsId("AROA", 17) };
  const { sessionName } = caller;
  const call = { timeMs, caller, role, sessionName, externalId: null, region: name, address: OFFICE.address };
  return assumeRole({ ...call, userAgent: COMMAND_LINE.laptop }, chance).record;
}
