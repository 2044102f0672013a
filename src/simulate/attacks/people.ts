import { COMMAND_LINE } from "../agent.ts";
import { personOf } from "../byways.ts";
import { cross, postFor } from "../crossing.ts";
import { workloadNamed } from "../estate.ts";
import { OFFICE, type Origin } from "../network.ts";
import { assumeRole, VENDOR_ACCOUNT, type Session, type User } from "../record.ts";
import { agentAt } from "../shift.ts";
import type { Step } from "../step.ts";
import { MINUTE_MS, SECOND_MS } from "../time.ts";
import { intrude, single, targetOf, type Recipe, type Scene } from "./recipe.ts";

/** How somebody who is not the workload goes about it. */
interface Manner {
  readonly origin: Origin;
  readonly userAgent: string;
  readonly sessionName: string;
}

/** Enters the outbound role as somebody else than its workload (hop 1), and with it a customer (hop 2). */
function enterBy(scene: Scene, caller: Session | User, { origin, userAgent, sessionName }: Manner): readonly Step[] {
  const { estate, workload, timeMs, chance } = scene;
  const customer = targetOf(scene);
  const { record, issued } = assumeRole(
    {
      timeMs,
      caller,
      role: workload.outbound,
      sessionName,
      externalId: null,
      region: customer.region.name,
      ...origin,
      userAgent,
    },
    chance,
  );
  const laterMs = timeMs + (5 + chance.below(120)) * SECOND_MS;
  const crossing = { timeMs: laterMs, post: postFor(workload, customer), customer, session: issued, origin, userAgent };
  return [
    single(timeMs, () => record),
    { timeMs: laterMs, write: () => cross(estate, { ...crossing, sessionName }, chance) },
  ];
}

const AT_OFFICE: Origin = { address: OFFICE.address };

/** People, and principals other than the workload, in the outbound role or beside it. */
export const PEOPLE: readonly Recipe[] = [
  {
    id: "A1a",
    title: "an IAM user enters the outbound role from the command line",
    detectors: ["human-operator", "unexpected-caller"],
    missed: null,
    spanMs: 5 * MINUTE_MS,
    workload: (estate) => workloadNamed(estate, "scanner"),
    steps: (scene) => {
      const { chance, estate, timeMs } = scene;
      const userName = chance.pick(["ops", "breakglass", "deploy", "alex"]);
      const user = {
        arn: `arn:${estate.partition}:iam::${VENDOR_ACCOUNT}:user/${userName}`,
        userName,
        id: chance.awsId("AIDA", 17),
        accessKeyId: chance.awsId("AKIA", 16),
      };
      const sessionName = `botocore-session-${Math.floor(timeMs / SECOND_MS)}`;
      return enterBy(scene, user, { origin: AT_OFFICE, userAgent: COMMAND_LINE.laptop, sessionName });
    },
  },
  {
    id: "A1b",
    title: "a person signed in through IAM Identity Center enters the outbound role",
    detectors: ["human-operator", "unexpected-caller"],
    missed: null,
    spanMs: 5 * MINUTE_MS,
    workload: (estate) => workloadNamed(estate, "poller"),
    steps: (scene) => {
      const person = personOf(scene.estate, scene.timeMs, scene.chance);
      const { sessionName } = person;
      return enterBy(scene, person, { origin: AT_OFFICE, userAgent: COMMAND_LINE.laptop, sessionName });
    },
  },
  {
    id: "A1c",
    title: "a person with a shell on a worker calls from the command line",
    detectors: ["human-operator", "unusual-session-name"],
    missed: null,
    spanMs: MINUTE_MS,
    workload: (estate) => workloadNamed(estate, "poller"),
    steps: (scene) => {
      const sessionName = `botocore-session-${Math.floor(scene.timeMs / SECOND_MS)}`;
      return [intrude(scene, targetOf(scene), { userAgent: COMMAND_LINE.server, sessionName })];
    },
  },
  {
    id: "A1d",
    title: "a person switches into a customer's role in the console",
    detectors: ["human-operator", "external-id-missing", "unexpected-caller"],
    missed: null,
    spanMs: MINUTE_MS,
    workload: (estate) => workloadNamed(estate, "poller"),
    steps: (scene) => {
      const { estate, timeMs, chance } = scene;
      const session = personOf(estate, timeMs, chance);
      const { sessionName } = session;
      const internal = { origin: { address: "AWS Internal" }, userAgent: "AWS Internal" };
      return [intrude(scene, targetOf(scene), { session, sessionName, externalId: null, ...internal })];
    },
  },
  {
    id: "A1e",
    title: "another program's role enters the outbound role",
    detectors: ["unexpected-caller"],
    missed: null,
    spanMs: 5 * MINUTE_MS,
    workload: (estate) => workloadNamed(estate, "scanner"),
    steps: (scene) => {
      const { estate, workload, timeMs, chance } = scene;
      const name = chance.pick(["data-export", "billing-job", "ci-runner", "support-tool"]);
      const role = { arn: `arn:${estate.partition}:iam::${VENDOR_ACCOUNT}:role/${name}`, id: chance.awsId("AROA", 17) };
      const caller = {
        role,
        sessionName: `${name}-${chance.hex(6)}`,
        accessKeyId: chance.awsId("ASIA", 16),
        createdMs: timeMs - 10 * MINUTE_MS,
      };
      const [address = OFFICE.address] = targetOf(scene).region.nat.addresses;
      const sessionName = `${workload.naming.prefix}-${chance.hex(8)}`;
      return enterBy(scene, caller, { origin: { address }, userAgent: agentAt(workload, timeMs), sessionName });
    },
  },
];
