import { DAY_MS, ELSEWHERE } from "../../../examples/vendor/estate.ts";
import {
  call,
  callTo,
  customer,
  MIDNIGHT_MS,
  personCrosses,
  POLLER,
  SCANNER,
  STRANGER,
  suppression,
  trailStopped,
  type Abuse,
} from "./stage.ts";

const outside = "source-outside-ranges";
const covered = { suppressions: [suppression()], first: [call()], cover: "hidden" } as const;
const { tenant, account } = customer(0);
const noonMs = MIDNIGHT_MS + DAY_MS / 2;
/** Five customers, each entered once more than is due: as many as are called a sweep. */
const sweep = [
  ...[1, 2, 3, 4, 5].map((into) => call({ minute: into, into, home: true })),
  ...[1, 2, 3, 4, 5].map((into) => call({ minute: 60 + into, into, home: true })),
];

/** Something is suppressed, and somebody wants to be it. */
export const SUPPRESSION: readonly Abuse[] = [
  { name: "a second customer", ...covered, then: [call({ minute: 1, into: 1 })], detector: outside },
  { name: "a second workload", ...covered, then: [call({ minute: 1, workload: POLLER })], detector: outside },
  {
    name: "an account that is nobody's beside the customer's",
    ...covered,
    then: [callTo(STRANGER, { minute: 1 })],
    detector: outside,
  },
  {
    name: "the session is at home as well",
    ...covered,
    then: [call({ minute: 1, home: true })],
    detector: "session-in-two-places",
  },
  {
    name: "a person, though somebody got a suppression of people past the loader",
    ...covered,
    suppressions: [suppression(), suppression({ detector: "human-operator" })],
    then: [personCrosses({ minute: 1 })],
    detector: "human-operator",
  },
  {
    name: "the trail is stopped, though somebody got a suppression of that past the loader",
    ...covered,
    suppressions: [suppression(), suppression({ detector: "trail-tampering" })],
    then: [trailStopped(noonMs)],
    detector: "trail-tampering",
  },
  {
    name: "the suppressed customer's name in the session's",
    ...covered,
    then: [call({ minute: 1, into: 1, sessionName: `scan-${tenant}-00000000` })],
    detector: outside,
  },
  {
    name: "workload and customer in the user agent",
    ...covered,
    then: [call({ minute: 1, into: 1, userAgent: `{"workload":"${SCANNER.name}","tenant":"${tenant}"}` })],
    detector: outside,
  },
  {
    name: "workload and customer in tags and source identity",
    ...covered,
    then: [
      callTo(
        customer(1).role,
        { minute: 1 },
        {
          tags: [
            { key: "tenant", value: tenant },
            { key: "workload", value: SCANNER.name },
          ],
          sourceIdentity: tenant,
        },
      ),
    ],
    detector: outside,
  },
  {
    name: "the customer's account in the name of a stranger's role",
    ...covered,
    suppressions: [suppression({ where: { workload: SCANNER.name, account } })],
    then: [callTo({ ...STRANGER, arn: `arn:aws:iam::123456789012:role/${account}` }, { minute: 1 })],
    detector: outside,
  },
  {
    name: "the suppression has ended by the events' time, and the alert goes on",
    ...covered,
    suppressions: [suppression({ untilMs: noonMs + 60_000 })],
    then: [call({ minute: 1 })],
    detector: outside,
  },
  {
    name: "it has ended by an event's clock that runs ahead of the reader's",
    ...covered,
    suppressions: [suppression({ untilMs: noonMs + 300_000 })],
    ...{ then: [call({ minute: 5 })], detector: outside, clockMinutes: -8 },
  },
  {
    name: "a call of more than thirty days before the end comes late",
    ...covered,
    suppressions: [suppression({ untilMs: noonMs + 30 * DAY_MS })],
    ...{ then: [call({ minute: -1, address: ELSEWHERE.twin })], detector: outside, clockMinutes: 10 * 1440 },
  },
  {
    name: "another suppression, that names one customer three times and no workload",
    ...covered,
    suppressions: [
      suppression(),
      suppression({
        where: { tenant: customer(1).tenant, account: customer(1).account, roleArn: customer(1).role.arn },
      }),
    ],
    then: [call({ minute: 1440, into: 1 })],
    detector: outside,
  },
  {
    name: "another suppression, by a dimension that callers choose",
    ...covered,
    suppressions: [suppression(), suppression({ where: { workload: SCANNER.name, sessionName: "scan-36" } })],
    then: [call({ minute: 1440, into: 1, sessionName: "scan-36" })],
    detector: outside,
  },
  {
    name: "another suppression, of nothing named and so of everything",
    ...covered,
    suppressions: [suppression(), suppression({ where: {} })],
    then: [call({ minute: 1440, into: 1 })],
    detector: outside,
  },
  {
    name: "five customers are swept while one customer's burst is expected",
    ...covered,
    suppressions: [suppression(), suppression({ detector: "call-burst" }), suppression({ detector: "tenant-sweep" })],
    ...{ then: sweep, detector: "tenant-sweep" },
  },
  {
    name: "what is hidden is delivered again and again, and then is at a second customer",
    ...covered,
    first: Array.from({ length: 50 }, () => call()),
    ...{ then: [call({ minute: 1, into: 1 })], detector: outside },
  },
  {
    name: "the suppression is withdrawn, and what it hid comes once more",
    ...covered,
    ...{ then: [call()], detector: outside, thenSuppressions: [] },
  },
];
