import { expect, test } from "vitest";
import {
  ACME,
  AWAY,
  customer,
  exampleCall,
  exampleEntry,
  exampleVendor,
  SCANNER_ARN,
} from "../../src/detectors/example.ts";
import { principalOf, sight, type Sighting } from "../../src/outbound/sighting.ts";
import type { Vendor } from "../../src/outbound/vendor.ts";
import type { Call, Caller } from "../../src/trail/call.ts";

const vendor = exampleVendor();
const VENDOR_ACCOUNT = "999988887777";
const STRANGER = "arn:aws:iam::777766665555:role/Vendor-7f3a";

function seen(call: Call, by: Vendor = vendor): Sighting {
  const sighting = sight(call, by);
  if (typeof sighting === "string") throw new Error(`set aside as ${sighting}`);
  return sighting;
}

/** The same call with the caller changed, whose own account stays unless it is changed too. */
const as = (call: Call, caller: Partial<Caller>): Call => ({ ...call, caller: { ...call.caller, ...caller } });
const admin = "arn:aws:iam::999988887777:role/admin";

test("the first hop is an entry of the outbound role, whoever makes it", () => {
  expect(seen(exampleEntry())).toMatchObject({ hop: "entry", role: { workload: "scanner" }, tenancy: null });
  const stranger = as(exampleEntry(), { account: "777766665555", roleArn: null, arn: null });
  expect(seen(stranger).hop).toBe("entry");
});

test("the second hop is a crossing by the outbound role, into what the registry knew at that time", () => {
  expect(seen(exampleCall())).toMatchObject({
    hop: "crossing",
    role: { workload: "scanner" },
    place: { kind: "owned" },
    tenancy: { kind: "registered", role: { tenant: "acme" } },
  });
  expect(seen(exampleCall({ from: AWAY })).place.kind).toBe("outside");
  const gone = exampleVendor({}, [customer("acme", ACME.account, { status: "offboarded", untilMs: 1 })]);
  expect(seen(exampleCall(), gone).tenancy?.kind).toBe("not-in-force");
});

test("an outbound role is known with and without its path", () => {
  const pathed = SCANNER_ARN.replace("role/", "role/team/eu/");
  const call = exampleCall();
  expect(seen(as(call, { roleArn: pathed })).role?.workload).toBe("scanner");
  expect(seen({ ...exampleEntry(), target: { roleArn: pathed, account: VENDOR_ACCOUNT } }).hop).toBe("entry");
});

test("the target's copy is a crossing of the vendor's, by a role that it does not name", () => {
  const copy = as(exampleCall(), { kind: "AWSAccount", arn: null, roleArn: null, account: VENDOR_ACCOUNT });
  expect(seen(copy)).toMatchObject({ hop: "crossing", role: null, tenancy: { kind: "registered" } });
});

test("another account's way into a customer's role is none of the vendor's", () => {
  const theirs = as(exampleCall(), { kind: "AWSAccount", arn: null, roleArn: null, account: "777766665555" });
  expect(sight(theirs, vendor)).toBe("another role");
  expect(sight(as(theirs, { account: null }), vendor)).toBe("another role");
});

test("another principal of the vendor's is seen where it enters a customer, and nowhere else", () => {
  const byAdmin = { roleArn: admin, arn: null };
  expect(seen(as(exampleCall(), byAdmin))).toMatchObject({ hop: "crossing", role: null });
  const elsewhere = { roleArn: STRANGER, account: "777766665555" };
  expect(sight({ ...as(exampleCall(), byAdmin), target: elsewhere }, vendor)).toBe("another role");
});

test("wherever the outbound role goes is seen, customers that nobody knows included", () => {
  const call = { ...exampleCall(), target: { roleArn: STRANGER, account: "777766665555" } };
  expect(seen(call)).toMatchObject({ hop: "crossing", tenancy: { kind: "unknown" } });
});

test("the vendor's own accounts are no customers", () => {
  const second = exampleVendor({}, [ACME], { accounts: new Set([VENDOR_ACCOUNT, "888877776666"]) });
  for (const account of [VENDOR_ACCOUNT, "888877776666"]) {
    const call = { ...exampleCall(), target: { roleArn: `arn:aws:iam::${account}:role/deploy`, account } };
    expect(sight(call, second)).toBe("another role");
  }
});

test("a denied call whose target nobody recorded is the outbound role's, and no one else's", () => {
  const nowhere = { outcome: "denied", asked: null, target: { roleArn: null, account: null } } as const;
  expect(seen({ ...exampleCall(), ...nowhere })).toMatchObject({ hop: "crossing", tenancy: { kind: "unknown" } });
  expect(sight({ ...as(exampleCall(), { roleArn: admin }), ...nowhere }, vendor)).toBe("another role");
});

test("an AWS service is set aside before anything else is asked", () => {
  expect(sight(as(exampleEntry(), { kind: "AWSService" }), vendor)).toBe("aws service");
  expect(sight(as(exampleCall(), { kind: "AWSService" }), vendor)).toBe("aws service");
});

const NOTHING_KNOWN = exampleVendor({}, [], { accounts: new Set(), outboundRoles: new Map(), registry: null });

test("where nothing is configured, every way from one account into another is seen", () => {
  expect(seen(exampleCall(), NOTHING_KNOWN)).toMatchObject({ hop: "crossing", role: null, tenancy: null });
  expect(sight(exampleEntry(), NOTHING_KNOWN)).toBe("another role");
});

test("people and machines that federate into a role's own account cross nothing", () => {
  for (const kind of ["SAMLUser", "WebIdentityUser"] as const) {
    const federated = as(exampleCall(), { kind, arn: null, roleArn: null, account: null });
    expect(sight(federated, NOTHING_KNOWN)).toBe("another role");
    expect(sight(federated, vendor)).toBe("another role");
    expect(seen(as(exampleEntry(), { kind, arn: null, roleArn: null, account: null })).hop).toBe("entry");
  }
});

test.each<[string, Partial<Caller>, string]>([
  ["a role, whatever its session", { principalId: "AROAEXAMPLE:scan-1" }, "AROAEXAMPLE"],
  ["a user", { principalId: "AIDAEXAMPLE" }, "AIDAEXAMPLE"],
  ["a federated user, with its name", { principalId: "999988887777:sam" }, "999988887777:sam"],
  ["a web identity, with its subject", { principalId: "accounts.example.com:app:7" }, "accounts.example.com:app:7"],
  [
    "someone who switched roles",
    { principalId: null, roleArn: null, arn: "arn:aws:iam::1:user/sam" },
    "arn:aws:iam::1:user/sam",
  ],
  [
    "nobody",
    { principalId: null, roleArn: null, arn: null, userName: null, account: null, kind: "Unknown" },
    "Unknown",
  ],
])("the principal is %s", (_who, caller, principal) => {
  expect(principalOf(as(exampleCall(), caller))).toBe(principal);
});
