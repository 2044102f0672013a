import { DAY_MS, ELSEWHERE, HOMES } from "../../../examples/vendor/estate.ts";
import { dice } from "../../../src/simulate/dice.ts";
import { targetCopy } from "../../../src/simulate/record.ts";
import { call, customer, MIDNIGHT_MS, personEnters, POLLER, trailStopped, webhooksCall, type Abuse } from "./stage.ts";

const outside = "source-outside-ranges";
const many = (count: number, from = 1) => Array.from({ length: count }, (_, at) => call({ minute: from + at }));

/** An alert of small worth is told first, so that the great one may pass for the same. */
export const DEDUPLICATION: readonly Abuse[] = [
  {
    name: "a second customer",
    first: [call()],
    cover: "told",
    then: [call({ minute: 1, into: 1 })],
    detector: outside,
  },
  {
    name: "a second address",
    ...{ first: [call()], cover: "told", detector: outside },
    then: [call({ minute: 1, address: ELSEWHERE.thiefIpv6 })],
  },
  {
    name: "a refused call first, then one that succeeds",
    ...{ first: [call({ denied: true })], cover: "told", detector: outside },
    then: [call({ minute: 1 })],
  },
  { name: "four times as many calls", first: [call()], cover: "told", then: many(3), detector: outside },
  {
    name: "sixteen times as many calls",
    first: [call(), ...many(3)],
    cover: "told",
    then: many(12, 4),
    detector: outside,
  },
  {
    name: "from two customers to eight",
    ...{ first: [call(), call({ minute: 1, into: 1 })], cover: "told", detector: outside },
    then: [2, 3, 4, 5, 6, 7].map((into) => call({ minute: into, into })),
  },
  {
    name: "another principal is refused, then let in",
    ...{ first: [webhooksCall({ denied: true })], cover: "told", detector: "unexpected-caller" },
    then: [webhooksCall({ minute: 1 })],
  },
  {
    name: "another workload on the same day",
    ...{ first: [call()], cover: "told", detector: outside },
    then: [call({ minute: 1, into: 2, workload: POLLER })],
  },
  {
    name: "the same again on the next day",
    ...{ first: [call()], cover: "told", detector: outside },
    then: [call({ minute: DAY_MS / 60_000 })],
  },
  {
    name: "a second session in two places",
    first: [call({ home: true }), call({ minute: 1 })],
    ...{ cover: "told", detector: "session-in-two-places" },
    then: [call({ minute: 2, home: true, worker: 2 }), call({ minute: 3, worker: 2 })],
  },
  {
    name: "an odd session name at one customer, then at another",
    first: [call({ home: true, sessionName: "botocore-session-1" })],
    ...{ cover: "told", detector: "unusual-session-name" },
    then: [call({ minute: 1, home: true, sessionName: "botocore-session-1", into: 1 })],
  },
  {
    name: "the great one happened before the small one, and comes three hours late",
    ...{ first: [call({ minute: 180 })], cover: "told", detector: outside },
    then: [call({ minute: 0, into: 1 })],
  },
  {
    name: "the small one is delivered fifty times, so that growth may seem to be redelivery",
    first: Array.from({ length: 50 }, () => call()),
    ...{ cover: "told", detector: outside },
    then: [call({ minute: 1, into: 1 })],
  },
  {
    name: "the customer's copy, which does not say who called, comes first",
    first: [targetCopy(call({ home: true, sessionName: "x" }), customer(0).account, dice(36, "copy"))],
    ...{ cover: "quiet", detector: "unusual-session-name" },
    then: [call({ home: true, sessionName: "x" })],
  },
  {
    name: "a person after a machine that was refused the same",
    first: [webhooksCall({ denied: true })],
    ...{ cover: "told", detector: "human-operator" },
    then: [personEnters({ minute: 1 })],
  },
  {
    name: "the trail is stopped again on the next day",
    ...{ first: [trailStopped(MIDNIGHT_MS)], cover: "told", detector: "trail-tampering" },
    then: [trailStopped(MIDNIGHT_MS + DAY_MS)],
  },
  {
    name: "from the vendor's own addresses in another region after its own in this",
    first: [call({ home: true })],
    ...{ cover: "quiet", detector: "session-in-two-places" },
    then: [call({ minute: 1, address: HOMES[1].natAddresses[0] })],
  },
];
