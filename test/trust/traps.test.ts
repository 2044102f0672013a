import { expect, test } from "vitest";
import { OTHER, OWN, SCANNER, VENDOR } from "./policies.ts";
import { allow, audited, ID, policy } from "./trust-policy.ts";

const when = (Condition: object, changes: object = {}): object => policy(allow({ Condition, ...changes }));
const open = allow({ Condition: {} });
const deny = (Condition: object, changes: object = {}): object => ({
  ...{ Effect: "Deny", Principal: "*", Action: "sts:AssumeRole", Condition },
  ...changes,
});

test.each<[string, object]>([
  ["StringEquals with the one ID", policy(allow())],
  ["the key in another case", when({ StringEquals: { "STS:externalID": ID } })],
  ["the operator in another case", when({ stringequals: { "sts:ExternalId": ID } })],
  ["one statement instead of a list", { Version: "2012-10-17", Statement: allow() }],
  [
    "values, actions and principals as lists",
    policy(allow({ Principal: { AWS: [VENDOR] }, Action: ["sts:AssumeRole"] })),
  ],
  ["two values, as in a rotation", when({ StringEquals: { "sts:ExternalId": [ID, `${ID}x`] } })],
  ["StringLike without a wildcard", when({ StringLike: { "sts:ExternalId": ID } })],
  ["StringEquals with a star, which is a star", when({ StringEquals: { "sts:ExternalId": "*" } })],
  ["StringEqualsIgnoreCase", when({ StringEqualsIgnoreCase: { "sts:ExternalId": ID } })],
  ["ForAnyValue, which wants the key", when({ "ForAnyValue:StringEquals": { "sts:ExternalId": ID } })],
  [
    "IfExists beside a Null that wants the key",
    when({ StringEqualsIfExists: { "sts:ExternalId": ID }, Null: { "sts:ExternalId": "false" } }),
  ],
  [
    "ForAllValues beside a Null that wants the key",
    when({ "ForAllValues:StringEquals": { "sts:ExternalId": ID }, Null: { "sts:ExternalId": false } }),
  ],
  ["a Deny of every other ID, and of none", policy(open, deny({ StringNotEquals: { "sts:ExternalId": ID } }))],
  ["the same by IfExists", policy(open, deny({ StringNotEqualsIfExists: { "sts:ExternalId": ID } }))],
  ["a Deny of every action", policy(open, deny({ StringNotEquals: { "sts:ExternalId": ID } }, { Action: "*" }))],
  [
    "a Deny beside the Null of another",
    policy(
      open,
      deny({ Null: { "sts:ExternalId": "true" } }),
      deny({ "ForAnyValue:StringNotEquals": { "sts:ExternalId": ID } }),
    ),
  ],
  [
    "an open Allow for another account's role",
    policy(allow(), allow({ Principal: { AWS: `arn:aws:iam::${OTHER}:role/guest` }, Condition: {} })),
  ],
  [
    "an open Allow for the own account",
    policy(allow(), allow({ Principal: { AWS: `arn:aws:iam::${OWN}:root` }, Condition: {} })),
  ],
  [
    "an open Allow for tagging the session only",
    policy(allow(), allow({ Action: ["sts:TagSession", "sts:SetSourceIdentity"], Condition: {} })),
  ],
  [
    "an open Allow for a service",
    policy(allow(), allow({ Principal: { Service: "ec2.amazonaws.com" }, Condition: {} })),
  ],
  [
    "an open Allow that nobody meets",
    policy(allow(), allow({ Condition: { Bool: { "aws:SecureTransport": "false" } } })),
  ],
  [
    "version 2008, in which a variable is no variable",
    { ...when({ StringEquals: { "sts:ExternalId": "${aws:PrincipalTag/id}" } }), Version: "2008-10-17" },
  ],
  [
    "the ID demanded in two patterns that only it fits",
    when({ StringEquals: { "sts:ExternalId": "ab" }, StringLike: { "sts:ExternalId": "a*" } }),
  ],
])("the external ID is enforced by %s", (_, document) => {
  expect(audited(document).externalId).toBe("enforced");
});

test.each<[string, object]>([
  ["StringLike with a star", when({ StringLike: { "sts:ExternalId": "*" } })],
  ["StringLike with a question mark", when({ StringLike: { "sts:ExternalId": "acme-?" } })],
  [
    "two patterns that one wrong ID fits",
    when({ StringLike: { "sts:ExternalId": "a*" }, "ForAnyValue:StringLike": { "sts:ExternalId": "*b" } }),
  ],
  ["StringEqualsIfExists", when({ StringEqualsIfExists: { "sts:ExternalId": ID } })],
  ["ForAllValues", when({ "ForAllValues:StringEquals": { "sts:ExternalId": ID } })],
  ["a Null that demands absence", when({ Null: { "sts:ExternalId": "true" } })],
  ["a Null that demands any ID", when({ Null: { "sts:ExternalId": "false" } })],
  ["StringNotEquals", when({ StringNotEquals: { "sts:ExternalId": ID } })],
  ["an operator of another kind", when({ NumericEquals: { "sts:ExternalId": "1234" } })],
  ["an operator that does not exist", when({ StringMatches: { "sts:ExternalId": ID } })],
  ["a policy variable", when({ StringEquals: { "sts:ExternalId": "${aws:PrincipalTag/id}" } })],
  ["a second Allow without the condition", policy(allow(), open)],
  ["a second Allow by sts:*", policy(allow(), allow({ Action: "sts:*", Condition: {} }))],
  ["a second Allow by STS:assume*", policy(allow(), allow({ Action: "STS:assume*", Condition: {} }))],
  ["a second Allow by NotAction", policy(allow(), allow({ Action: undefined, NotAction: "iam:*", Condition: {} }))],
  ["a second Allow for everybody", policy(allow(), allow({ Principal: "*", Condition: {} }))],
  [
    "a second Allow for everybody, written longer",
    policy(allow(), allow({ Principal: { AWS: ["*"] }, Condition: {} })),
  ],
  [
    "a second Allow by NotPrincipal",
    policy(
      allow(),
      allow({ Principal: undefined, NotPrincipal: { AWS: `arn:aws:iam::${OTHER}:root` }, Condition: {} }),
    ),
  ],
  ["a second Allow for the account", policy(allow(), allow({ Principal: { AWS: VENDOR }, Condition: {} }))],
  [
    "a second Allow for one session",
    policy(
      allow(),
      allow({ Principal: { AWS: `arn:aws:sts::${VENDOR}:assumed-role/integration-scanner/x` }, Condition: {} }),
    ),
  ],
  [
    "a second Allow for whoever fits a pattern",
    policy(
      allow(),
      allow({
        Principal: "*",
        Condition: { ArnLike: { "aws:PrincipalArn": `arn:aws:iam::${VENDOR}:role/*-scanner` } },
      }),
    ),
  ],
  ["a Deny of requests without, which wrong ones pass", policy(open, deny({ Null: { "sts:ExternalId": "true" } }))],
  [
    "a Deny by ForAnyValue, which absence passes",
    policy(open, deny({ "ForAnyValue:StringNotEquals": { "sts:ExternalId": ID } })),
  ],
  ["a Deny of one wrong ID", policy(open, deny({ StringEquals: { "sts:ExternalId": "wrong" } }))],
  [
    "a Deny that also asks for an address",
    policy(
      open,
      deny({ StringNotEquals: { "sts:ExternalId": ID }, NotIpAddress: { "aws:SourceIp": "198.51.100.0/24" } }),
    ),
  ],
  [
    "a Deny of which nobody knows whether it applies",
    policy(open, deny({ StringNotMatches: { "sts:ExternalId": ID } })),
  ],
])("the external ID is bypassed by %s", (_, document) => {
  const audit = audited(document);
  expect(audit.externalId).toBe("bypassable");
  expect(audit.findings.map(({ id }) => id)).toContain("external-id-bypassable");
});

test.each<[string, object]>([
  [
    "a Deny for others only",
    policy(open, deny({ StringNotEquals: { "sts:ExternalId": ID } }, { Principal: { AWS: OTHER } })),
  ],
  [
    "a Deny of another action",
    policy(open, deny({ StringNotEquals: { "sts:ExternalId": ID } }, { Action: "sts:TagSession" })),
  ],
  ["no condition at all", policy(open)],
  ["an address instead", when({ IpAddress: { "aws:SourceIp": "198.51.100.0/24" } })],
  ["a second factor instead", when({ Bool: { "aws:MultiFactorAuthPresent": "true" } })],
  ["an empty value", when({ StringEquals: { "sts:ExternalId": "" } })],
  ["an ID demanded of somebody else only", policy(open, allow({ Principal: { AWS: `arn:aws:iam::${OTHER}:root` } }))],
  ["an ID demanded for another action only", policy(open, allow({ Action: "sts:TagSession" }))],
  ["a bare account", when({}, { Principal: { AWS: VENDOR } })],
  ["an account's root", when({}, { Principal: { AWS: `arn:aws:iam::${VENDOR}:root` } })],
])("the external ID is missing with %s", (_, document) => {
  expect(audited(document).externalId).toBe("missing");
});

test.each<[string, object]>([
  ["a service alone is trusted", when({}, { Principal: { Service: "ec2.amazonaws.com" } })],
  ["an identity provider alone is trusted", when({}, { Principal: { Federated: "cognito-identity.amazonaws.com" } })],
  ["another account is trusted", when({}, { Principal: { AWS: `arn:aws:iam::${OTHER}:root` } })],
  ["the own account is trusted", when({}, { Principal: { AWS: `arn:aws:iam::${OWN}:root` } })],
  ["only tagging is allowed", when({}, { Action: "sts:TagSession" })],
  ["the vendor is refused altogether", policy(open, deny({}, { Principal: { AWS: VENDOR } }))],
  [
    "two values are demanded at once",
    when({ StringEquals: { "sts:ExternalId": "ab" }, StringLike: { "sts:ExternalId": "cd" } }),
  ],
])("the external ID does not apply where %s", (_, document) => {
  expect(audited(document).externalId).toBe("not-applicable");
});

test("the role's own account is no third party, not even where it is the vendor's", () => {
  const inside = audited(when({}, { Principal: { AWS: OWN } }), { vendorAccounts: [OWN], vendorRoles: [] });
  expect(inside).toMatchObject({ crossAccount: false, externalId: "not-applicable", iam050: "not-applicable" });
});

test("without a vendor every foreign account is judged, and so is one that no policy names", () => {
  const nobody = { vendorAccounts: [], vendorRoles: [] };
  expect(audited(policy(allow(), allow({ Principal: { AWS: OTHER }, Condition: {} })), nobody).externalId).toBe(
    "missing",
  );
  expect(audited(when({}, { Principal: "*" }), nobody).externalId).toBe("missing");
  expect(audited(when({}, { Principal: { AWS: OWN } }), nobody).externalId).toBe("not-applicable");
});

test.each<[string, object, string, string]>([
  ["Bool true", { Bool: { "aws:MultiFactorAuthPresent": "true" } }, "enforced", "pass"],
  ["Bool true, not as text", { Bool: { "AWS:multifactorauthpresent": true } }, "enforced", "pass"],
  ["an age, which only a factor has", { NumericLessThan: { "aws:MultiFactorAuthAge": "3600" } }, "enforced", "pass"],
  ["BoolIfExists", { BoolIfExists: { "aws:MultiFactorAuthPresent": "true" } }, "bypassable", "fail"],
  ["Bool false", { Bool: { "aws:MultiFactorAuthPresent": "false" } }, "bypassable", "fail"],
  ["an age if there is one", { NumericLessThanIfExists: { "aws:MultiFactorAuthAge": "3600" } }, "bypassable", "fail"],
  ["Null false, which a false one passes", { Null: { "aws:MultiFactorAuthPresent": "false" } }, "bypassable", "fail"],
  ["nothing", {}, "missing", "fail"],
])(
  "a second factor asked for by %s is reported by itself, and never makes up for the ID",
  (_, condition, mfa, iam050) => {
    const audit = audited(when(condition));
    expect(audit).toMatchObject({ mfa, iam050 });
    expect(audit.externalId).toBe("missing");
  },
);

test("IAM-050 passes with either protection for whoever enters, and asks every foreign account for one", () => {
  const people = allow({ Principal: { AWS: OTHER }, Condition: { Bool: { "aws:MultiFactorAuthPresent": "true" } } });
  expect(audited(policy(allow(), people)).iam050).toBe("pass");
  expect(audited(policy(allow(), allow({ Principal: { AWS: OTHER }, Condition: {} }))).iam050).toBe("fail");
  expect(audited(policy(allow({ Condition: { StringEquals: { "sts:ExternalId": "" } } }))).iam050).toBe("fail");
  expect(audited(policy(allow({ Condition: { StringLike: { "sts:ExternalId": "*" } } }))).iam050).toBe("fail");
});

test("a condition on who calls is followed, by role, by user and by account", () => {
  const who = (key: string, value: string): string =>
    audited(
      policy(
        allow({ Principal: { AWS: VENDOR } }),
        allow({ Principal: "*", Condition: { ArnEquals: { [key]: value } } }),
      ),
    ).externalId;
  expect(who("aws:PrincipalArn", SCANNER)).toBe("bypassable");
  expect(who("aws:PrincipalArn", `arn:aws:iam::${OTHER}:role/*`)).toBe("enforced");
  const account = (value: string): string =>
    audited(policy(allow(), allow({ Principal: "*", Condition: { StringEquals: { "aws:PrincipalAccount": value } } })))
      .externalId;
  expect(account(VENDOR)).toBe("bypassable");
  expect(account(OTHER)).toBe("enforced");
});

test("policies that other auditors are known to misjudge are judged right", () => {
  const asks = (condition: object): string => audited(when(condition)).externalId;
  expect(asks({ StringLike: { "sts:ExternalId": "*" } }), "passed elsewhere because the key is there").toBe(
    "bypassable",
  );
  expect(asks({ stringequals: { "sts:externalid": ID } }), "failed elsewhere for its spelling").toBe("enforced");
  expect(asks({ StringLike: { "sts:ExternalId": ID } }), "failed elsewhere for its operator").toBe("enforced");
  expect(asks({ Bool: { "aws:MultiFactorAuthPresent": "true" } }), "passed elsewhere for its second factor").toBe(
    "missing",
  );
});

test("a role is the same with and without its path, as its sessions know none", () => {
  const withPath = `arn:aws:iam::${VENDOR}:role/team/integration-scanner`;
  const session = `arn:aws:sts::${VENDOR}:assumed-role/integration-scanner/scan-1`;
  const refused = deny({}, { Principal: { AWS: withPath } });
  expect(audited(policy(allow({ Principal: { AWS: session }, Condition: {} }), refused)).externalId).toBe(
    "not-applicable",
  );
  expect(audited(policy(allow({ Condition: {} }), refused)).externalId).toBe("not-applicable");
});

test("where case is ignored the ID in another case is right too, also where only that lets in", () => {
  const loose = allow({ Condition: { StringEqualsIgnoreCase: { "sts:ExternalId": "acme" } } });
  expect(audited(policy(loose, deny({ StringEquals: { "sts:ExternalId": "acme" } }))).externalId).toBe("enforced");
  const strict = allow({ Condition: { StringEquals: { "sts:ExternalId": "acme" } } });
  const others = allow({ Condition: { StringLike: { "sts:ExternalId": "ACME" } } });
  expect(audited(policy(strict, others)).externalId).toBe("enforced");
});
