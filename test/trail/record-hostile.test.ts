import fc from "fast-check";
import { expect, test } from "vitest";
import { decode } from "../../src/trail/record.ts";
import { parseShape, shapeOf } from "../../src/trail/shape.ts";
import { placesIn, withPut } from "./places.ts";
import { asking, CALLERS_KEY, EXTERNAL_ID, ISSUED_KEY, OPTIONS, RECORD, SESSION_TOKEN } from "./sample-record.ts";

const ODD: readonly unknown[] = [
  undefined,
  null,
  "",
  "x",
  0,
  -1.5,
  1e300,
  true,
  [],
  [null],
  {},
  { omitted: true },
  { toString: 1 },
];

test.each(
  placesIn(RECORD)
    .slice(1)
    .map((way) => ({ name: way.join("."), way })),
)("$name may be missing, null or of any type", ({ way }) => {
  for (const odd of ODD) {
    const raw = withPut(RECORD, way, odd);
    const decoded = decode(raw, OPTIONS);
    expect(["call", "skipped", "rejected"]).toContain(decoded.kind);
    expect(shapeOf(raw as object) === null).toBe(parseShape(raw as object) === null);
    for (const secret of [EXTERNAL_ID, CALLERS_KEY, ISSUED_KEY, SESSION_TOKEN]) {
      expect(JSON.stringify(decoded)).not.toContain(secret);
    }
  }
});

test("the short way and the schema decode every record alike", () => {
  for (const way of placesIn(RECORD).slice(1)) {
    for (const odd of ODD) {
      const raw = withPut(RECORD, way, odd) as object;
      const parsed = parseShape(raw);
      if (parsed === null || !("eventName" in raw) || typeof raw.eventName !== "string") continue;
      const { eventName, eventSource } = raw as Record<string, unknown>;
      expect(decode({ ...parsed, eventName, eventSource }, OPTIONS)).toEqual(decode(raw, OPTIONS));
    }
  }
});

test("no secret gets through, whatever it is made of and wherever else the record is odd", () => {
  const secret = (prefix: string) => fc.stringMatching(/^[A-Za-z0-9]{12,40}$/).map((rest) => `${prefix}${rest}`);
  const places = fc.constantFrom(...placesIn(RECORD).slice(1));
  const oddities = fc.array(fc.tuple(places, fc.constantFrom(...ODD)), { maxLength: 3 });
  fc.assert(
    fc.property(secret("x"), secret("ASIA"), secret("ASIA"), secret("tok"), oddities, (id, key, issued, token, odd) => {
      const told = {
        ...RECORD,
        userIdentity: { ...RECORD.userIdentity, accessKeyId: key },
        ...asking({ externalId: id }),
        responseElements: { credentials: { accessKeyId: issued, sessionToken: token } },
      };
      const raw = odd.reduce<unknown>((record, [way, put]) => {
        try {
          return withPut(record, way, put);
        } catch {
          return record;
        }
      }, told);
      const text = JSON.stringify(decode(raw, OPTIONS));
      for (const each of [id, key, issued, token]) expect(text).not.toContain(each);
    }),
  );
});

test("any JSON at all is a call, set aside or rejected, and never an exception", () => {
  const named = fc.record({
    eventSource: fc.constantFrom("sts.amazonaws.com", "signin.amazonaws.com", "cloudtrail.amazonaws.com"),
    eventName: fc.constantFrom("AssumeRole", "SwitchRole", "AssumeRoot", "StopLogging"),
    eventTime: fc.constantFrom("2026-11-20T10:00:00Z", "never"),
    userIdentity: fc.jsonValue(),
    requestParameters: fc.jsonValue(),
    responseElements: fc.jsonValue(),
    resources: fc.jsonValue(),
    additionalEventData: fc.jsonValue(),
    userAgent: fc.jsonValue(),
    errorMessage: fc.jsonValue(),
  });
  fc.assert(
    fc.property(fc.oneof(fc.jsonValue(), named), (raw) => {
      expect(["call", "control", "skipped", "rejected"]).toContain(decode(raw, OPTIONS).kind);
    }),
  );
});
