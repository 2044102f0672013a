import { dice, type Dice } from "../../src/simulate/dice.ts";
import { placeOf, type Place } from "../../src/ranges/place.ts";
import { callOf, RECORD } from "../trail/sample-record.ts";
import { placesIn, withPut } from "../trail/places.ts";
import { readRecords } from "./account.ts";
import { lived } from "./court.ts";
import { oddAddresses } from "./addresses.ts";
import type { Property, Run } from "./property.ts";
import { RECORDS_VENDOR } from "./records-vendor.ts";

/** A record with every field that the reader or a newer CloudTrail may look at. */
export const FULL_RECORD = {
  ...RECORD,
  eventType: "AwsApiCall",
  eventCategory: "Management",
  managementEvent: true,
  sessionCredentialFromConsole: "false",
  errorCode: "AccessDenied",
  errorMessage: `User: x is not authorized to perform: sts:AssumeRole on resource: ${RECORD.requestParameters.roleArn}`,
  addendum: { reason: "UPDATED_DATA", updatedFields: "errorCode", originalEventID: "e-0", originalRequestID: "r-0" },
  userIdentity: { ...RECORD.userIdentity, invokedBy: "lambda.amazonaws.com", inScopeOf: { credentialsIssuedTo: "f" } },
  tlsDetails: { ...RECORD.tlsDetails, tlsVersion: "TLSv1.3", cipherSuite: "TLS_AES_128_GCM_SHA256" },
};

/** Every way to one of its fields, lists' elements included. */
export const FIELDS = placesIn(FULL_RECORD).slice(1);

const WRONG: readonly unknown[] = [
  ...[undefined, null, "", "x", "NaN", "x".repeat(5_000), "\ud800", 0, -1.5, 1e300, true, false, [], [null], [[]], {}],
  ...[{ omitted: true }, { toString: 1, valueOf: null }, ["a", 1, { b: [] }], { length: -1 }, { then: "x" }],
];

/** Minor versions that are known or to come, other majors, none at all, and what is no version. */
export const VERSIONS: readonly unknown[] = [
  ...Array.from({ length: 92 }, (_, at) => `1.${String(at + 8).padStart(2, "0")}`),
  ...["1.8", "1", "2.0", "2.11", "3", "0.9", "", "x", undefined, null, 1.08, 2, true, [], {}],
];

/** Reads the records, judges what is a call, and tells what is wrong with the account of them. */
async function evaluated(records: readonly unknown[]): Promise<Run> {
  const { reading, broken } = readRecords(records);
  if (broken !== undefined) return { telling: true, broken };
  await lived(RECORDS_VENDOR, [[...reading.calls, ...reading.changes, ...reading.uses]]);
  const marks = [`judged: ${reading.calls.length === records.length ? "all" : "some"}`];
  return { telling: reading.calls.length > 0, marks };
}

/** Whatever version a record states, it is judged; of another major version it is counted as doubtful besides. */
export const versions: Property = async (seed) => {
  const version = VERSIONS[seed % VERSIONS.length];
  const { reading, broken } = readRecords([{ ...RECORD, eventVersion: version }]);
  if (broken !== undefined) return { telling: true, broken };
  const doubts = reading.tally.doubts.size;
  const stated = (typeof version === "string" && version !== "") || typeof version === "number" || version === true;
  const expected = !stated || /^1(?:\.|$)/.test(String(version)) ? 0 : 1;
  if (reading.calls.length !== 1) return { telling: true, broken: `version ${JSON.stringify(version)} was not judged` };
  if (doubts !== expected)
    return { telling: true, broken: `version ${JSON.stringify(version)} raised ${doubts} doubts` };
  return evaluated([{ ...RECORD, eventVersion: version }]);
};

/** Each field missing, null or of another type: the record is judged, set aside or rejected, and counted once. */
export const fields: Property = async (seed) => {
  const way = FIELDS[seed % FIELDS.length]!;
  const records = [FULL_RECORD, { ...FULL_RECORD, errorCode: undefined, errorMessage: undefined }].flatMap((record) =>
    WRONG.map((odd) => withPut(record, way, odd)),
  );
  for (const record of records) {
    const { broken } = readRecords([record]);
    if (broken !== undefined) return { telling: true, broken: `${way.join(".")}: ${broken}` };
  }
  return evaluated(records);
};

const NAMES = ["__proto__", "constructor", "toString", "hasOwnProperty", "then", "length", "", "toJSON", "é", "\u0000"];

/** Fields that no version of today's knows change nothing about what is read, wherever they stand. */
export const unknownFields: Property = async (seed) => {
  const chance = dice(seed, "unknown fields");
  const record = extended(RECORD, chance, 0);
  const { reading, broken } = readRecords([record]);
  if (broken !== undefined) return { telling: true, broken };
  const [call] = reading.calls;
  if (JSON.stringify(call) !== JSON.stringify(callOf()))
    return { telling: true, broken: `read otherwise: ${JSON.stringify(record)} as ${JSON.stringify(call)}` };
  return evaluated([record]);
};

function extended(value: unknown, chance: Dice, depth: number): unknown {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return value;
  const known = Object.entries(value).map(([name, inner]): [string, unknown] => [
    name,
    extended(inner, chance, depth + 1),
  ]);
  const more = Array.from({ length: chance.below(4) }, (): [string, unknown] => [
    chance.below(3) === 0 ? chance.pick(NAMES) : `newField${chance.below(1_000)}`,
    anything(chance, depth),
  ]);
  const all = chance.below(2) === 0 ? [...known, ...more] : [...more, ...known];
  return Object.fromEntries(all);
}

function anything(chance: Dice, depth: number): unknown {
  if (depth < 6 && chance.below(4) === 0) return extended({ newField: chance.pick(WRONG) }, chance, depth + 1);
  return chance.pick(WRONG.filter((odd) => odd !== undefined));
}

/** Any text for an address is judged and has a place; what is no proper address is never taken for an owned one. */
export const addresses: Property = async (seed) => {
  const { address, never } = oddAddresses(seed);
  const record = { ...RECORD, sourceIPAddress: address, vpcEndpointId: undefined };
  const { reading, broken } = readRecords([record]);
  if (broken !== undefined) return { telling: true, broken };
  const { kind }: Place = placeOf(reading.calls[0]!.source, RECORDS_VENDOR.whereabouts);
  if (never.includes(kind)) return { telling: true, broken: `${JSON.stringify(address)} was taken for ${kind}` };
  return { ...(await evaluated([record])), marks: [`place: ${kind}`] };
};
