import { expect, test } from "vitest";
import type { AuditInput } from "../../src/trust/audit.ts";
import { sharedIds } from "../../src/trust/findings/shared-ids.ts";
import { OTHER, OWN, SCANNER, VENDOR } from "./policies.ts";
import { allow, audited, found, ID, INPUT, policy } from "./trust-policy.ts";

const when = (Condition: object, changes: object = {}): object => policy(allow({ Condition, ...changes }));
const with_ = (permissions: AuditInput["role"]["permissions"]): Partial<AuditInput> => ({
  role: { ...INPUT.role, permissions },
});

test("the policy that AWS's guide shows for third parties, with the vendor's role, has nothing wrong", () => {
  expect(found(audited(policy(allow())))).toEqual([]);
});

test("each statement that lets in is told with the way in", () => {
  const audit = audited(policy(allow(), allow({ Condition: { StringLikeIfExists: { "sts:ExternalId": "acme-*" } } })));
  expect(found(audit)).toEqual(["external-id-bypassable@1"]);
  expect(audit.findings[0]?.why).toMatchInlineSnapshot(
    `"It can be assumed without an external ID and with a wrong one: StringLikeIfExists holds when none is sent; StringLikeIfExists takes whatever fits its wildcards."`,
  );
  const byDeny = policy(allow({ Condition: {} }), {
    ...{ Effect: "Deny", Principal: "*", Action: "sts:*" },
    Condition: { Null: { "sts:ExternalId": "true" } },
  });
  expect(audited(byDeny).findings[0]?.why).toMatchInlineSnapshot(
    `"It can be assumed with a wrong external ID: the Deny of statement 1 refuses only by whether an ID is sent."`,
  );
  const twice = audited(policy(allow(), allow({ Condition: {} })));
  expect(twice.findings[0]?.why).toMatchInlineSnapshot(
    `"It can be assumed without an external ID and with a wrong one: this statement does not ask for it, whatever the others ask."`,
  );
});

test("what cannot be known is said to be so, and weighs less", () => {
  const [finding] = audited(when({ StringMatches: { "sts:ExternalId": ID } })).findings;
  expect(finding).toMatchObject({ id: "external-id-bypassable", severity: "medium" });
  expect(finding?.why).toMatchInlineSnapshot(
    `"It cannot be ruled out that it can be assumed without an external ID and with a wrong one: StringMatches is no operator that AWS documents."`,
  );
});

test("three IDs are too many for one customer, two are a rotation", () => {
  const ids = [ID, ID.replace("3f", "4f"), ID.replace("3f", "5f")];
  const many = (count: number): readonly string[] =>
    found(audited(when({ StringEquals: { "sts:ExternalId": ids.slice(0, count) } })));
  expect([many(2), many(3)]).toEqual([[], ["external-id-many-values@0"]]);
});

test("an ID that can be guessed is told without being told, and a token in its place is not judged", () => {
  const weak = when({ StringEquals: { "sts:ExternalId": "acme-production" } });
  const audit = audited(weak);
  expect(found(audit)).toEqual(["external-id-weak@0"]);
  expect(JSON.stringify(audit.findings)).not.toContain("acme-production");
  expect(found(audited(weak, { idsReplaced: true }))).toEqual([]);
});

test("a placeholder that was never filled in keeps everybody out, and is told", () => {
  const audit = audited(when({ StringEquals: { "sts:ExternalId": "<EXTERNAL_ID>" } }));
  expect([audit.externalId, found(audit)]).toEqual(["enforced", ["external-id-unusable@0"]]);
});

test("one ID for two roles is told of both, and of none where each has its own", () => {
  const role = (name: string, id: string): ReturnType<typeof audited> =>
    audited(when({ StringEquals: { "sts:ExternalId": id } }), {
      role: { ...INPUT.role, arn: `arn:aws:iam::${OWN}:role/${name}` },
    });
  const same = [role("a", ID), role("b", ID), role("c", ID.replace("3f", "4f"))];
  expect(same.map((audit) => sharedIds(same).get(audit)?.id)).toEqual([
    "external-id-shared",
    "external-id-shared",
    undefined,
  ]);
  expect(JSON.stringify([...sharedIds(same).values()])).not.toContain(ID);
  const again = [role("a", ID), role("a", ID)];
  expect(sharedIds(again).size).toBe(0);
});

test("an account as a whole is told, with the role to name instead; a role, or a condition on the role, is not", () => {
  const root = audited(policy(allow({ Principal: { AWS: `arn:aws:iam::${VENDOR}:root` } })));
  expect(found(root)).toEqual(["account-trusted-as-root@0"]);
  expect(root.findings[0]?.fix).toContain(SCANNER);
  const narrowed = allow({
    Principal: { AWS: VENDOR },
    Condition: { StringEquals: { "sts:ExternalId": ID }, ArnEquals: { "aws:PrincipalArn": SCANNER } },
  });
  expect(found(audited(policy(narrowed)))).toEqual([]);
  expect(found(audited(policy(allow(), allow({ Principal: { AWS: OWN } }))))).toEqual([]);
});

test("everybody is critical where strangers get in, and less where a condition keeps them out", () => {
  const open = audited(when({}, { Principal: "*" }));
  expect(open.findings.find(({ id }) => id === "wildcard-principal")?.severity).toBe("critical");
  const closed = audited(policy(allow({ Principal: { AWS: "*" } })));
  expect(closed.findings.find(({ id }) => id === "wildcard-principal")?.severity).toBe("medium");
});

test("NotPrincipal is told, worse in an Allow than in a Deny", () => {
  const except = { Principal: undefined, NotPrincipal: { AWS: OTHER } };
  const inAllow = audited(policy(allow(except)));
  const inDeny = audited(
    policy(allow(), { ...{ Effect: "Deny", Action: "sts:AssumeRole" }, NotPrincipal: { AWS: SCANNER } }),
  );
  const severities = [inAllow, inDeny].map(
    ({ findings }) => findings.find(({ id }) => id === "not-principal")?.severity,
  );
  expect(severities).toEqual(["high", "low"]);
});

test("a unique id is somebody dead where IAM printed it, and perhaps somebody where it was written", () => {
  const id = "AROAEXAMPLEEXAMPLEEX";
  const stale = policy(allow(), allow({ Principal: { AWS: id }, Condition: {} }));
  const printed = audited(stale, { role: { ...INPUT.role, uniqueIds: "dead" } });
  expect([printed.externalId, found(printed)]).toEqual(["enforced", ["deleted-principal@1"]]);
  expect(audited(stale).externalId).toBe("bypassable");
});

test("a principal of no kind that a role can trust is told", () => {
  expect(found(audited(policy(allow(), allow({ Principal: { CanonicalUser: "79a59df9" } }))))).toEqual([
    "unknown-principal-kind@1",
  ]);
  const glob = audited(policy(allow({ Principal: { AWS: `arn:aws:iam::${VENDOR}:role/*` }, Condition: {} })));
  expect(found(glob)).toContain("unknown-principal-kind@0");
  expect(glob.externalId).toBe("missing");
});

test("a second factor is for people: missing at a user, bypassed by IfExists, impossible for the vendor's workload", () => {
  const user = { Principal: { AWS: `arn:aws:iam::${OTHER}:user/ada` } };
  const factor = (operator: string): object => ({ [operator]: { "aws:MultiFactorAuthPresent": "true" } });
  expect(found(audited(policy(allow(), allow({ ...user, Condition: {} }))))).toEqual(["mfa-missing@1"]);
  expect(found(audited(policy(allow(), allow({ ...user, Condition: factor("BoolIfExists") }))))).toEqual([
    "mfa-bypassable@1",
  ]);
  expect(found(audited(policy(allow(), allow({ ...user, Condition: factor("Bool") }))))).toEqual([]);
  const both = { StringEquals: { "sts:ExternalId": ID }, ...factor("Bool") };
  expect(found(audited(when(both)))).toEqual(["mfa-for-machine@0"]);
});

test("a service that may work for anybody is told, unless its source is asked for or it works for its own account only", () => {
  const service = (name: string, Condition: object = {}): readonly string[] =>
    found(audited(policy(allow(), allow({ Principal: { Service: name }, Condition }))));
  expect(service("config.amazonaws.com")).toEqual(["service-confused-deputy@1"]);
  expect(service("config.amazonaws.com", { StringEquals: { "AWS:SourceAccount": OWN } })).toEqual([]);
  expect(service("ec2.amazonaws.com")).toEqual([]);
  const linked = {
    ...INPUT.role,
    arn: `arn:aws:iam::${OWN}:role/aws-service-role/config.amazonaws.com/AWSServiceRole`,
  };
  expect(found(audited(when({}, { Principal: { Service: "config.amazonaws.com" } }), { role: linked }))).toEqual([]);
});

test("a bucket's policy that names the vendor's account is told, and one that names its own is not", () => {
  const bucket = (account: string): object =>
    policy({
      Effect: "Allow",
      Principal: { AWS: account },
      Action: "s3:GetObject",
      Resource: "arn:aws:s3:::example/*",
    });
  expect(found(audited(bucket(VENDOR)))).toEqual(["direct-resource-grant@0"]);
  expect(found(audited(bucket(OWN)))).toEqual([]);
  expect(found(audited(bucket(OTHER), { vendorAccounts: [], vendorRoles: [] }))).toEqual(["direct-resource-grant@0"]);
});

test.each<[string, object, readonly string[]]>([
  ["everything", { Effect: "Allow", Action: "*", Resource: "*" }, ["permissions-everything"]],
  [
    "everything but one thing",
    { Effect: "Allow", NotAction: "aws-portal:*", Resource: "*" },
    ["permissions-everything"],
  ],
  ["all of IAM", { Effect: "Allow", Action: ["IAM:*"], Resource: ["*"] }, ["permissions-iam", "permissions-pass-role"]],
  ["any role to be passed", { Effect: "Allow", Action: "iam:Pass*", Resource: "*" }, ["permissions-pass-role"]],
  ["one role to be passed", { Effect: "Allow", Action: "iam:PassRole", Resource: `arn:aws:iam::${OWN}:role/x` }, []],
  [
    "roles to be passed to one service",
    {
      Effect: "Allow",
      Action: "iam:PassRole",
      Resource: "*",
      Condition: { StringEquals: { "iam:PassedToService": "ec2.amazonaws.com" } },
    },
    [],
  ],
  ["any role to be assumed", { Effect: "Allow", Action: "sts:Assume*", Resource: "*" }, ["permissions-assume-role"]],
  [
    "what an inventory reads",
    { Effect: "Allow", Action: ["ec2:Describe*", "iam:Get*", "iam:List*"], Resource: "*" },
    [],
  ],
  ["nothing, by a Deny", { Effect: "Deny", Action: "*", Resource: "*" }, []],
])("a role that lets the vendor in and allows %s", (_, statement, ids) => {
  const inline = { name: "inline", document: policy(statement) };
  expect(found(audited(policy(allow()), with_([inline])))).toEqual(ids);
});

test("AWS's own policies are told, and what a role may do matters only where somebody comes in from outside", () => {
  const managed = (name: string): Partial<AuditInput> =>
    with_([{ name: `arn:aws:iam::aws:policy/${name}`, document: null }]);
  expect(found(audited(policy(allow()), managed("AdministratorAccess")))).toEqual([
    "permissions-everything",
    "permissions-aws-managed",
  ]);
  expect(found(audited(policy(allow()), managed("job-function/ViewOnlyAccess")))).toEqual(["permissions-aws-managed"]);
  const inside = policy(allow({ Principal: { AWS: OWN }, Condition: {} }));
  expect(found(audited(inside, managed("AdministratorAccess")))).toEqual([]);
});
