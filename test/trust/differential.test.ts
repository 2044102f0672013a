import fc from "fast-check";
import { expect, test } from "vitest";
import { auditTrust, type TrustAudit } from "../../src/trust/audit.ts";
import { askedOften } from "./oracle.ts";
import { LETTERS, OTHER, OWN, SCANNER, trustPolicy, VENDOR } from "./policies.ts";

const CASES = Number(process.env.TRUST_CASES ?? 2_000);

test(`the auditor and a second opinion by brute force agree on ${CASES} policies`, () => {
  const shares: Record<string, number> = {};
  for (const policy of fc.sample(trustPolicy, CASES)) {
    const text = JSON.stringify(policy);
    const { audit, reason } = auditTrust(policy, {
      role: { arn: `arn:aws:iam::${OWN}:role/Vendor-7f3a`, uniqueIds: "unknown", permissions: null },
      vendorAccounts: [VENDOR],
      vendorRoles: [SCANNER],
      idsReplaced: false,
    });
    if (audit === undefined) throw new Error(`${reason}: ${text}`);
    const opinion = secondOpinion(text);
    const verdict = inWords(audit, text);
    expect(verdict, text).toEqual(opinion);
    const key = `externalId ${audit.externalId}, iam050 ${audit.iam050}`;
    shares[key] = (shares[key] ?? 0) + 1;
  }
  for (const verdict of ["enforced", "missing", "bypassable", "not-applicable"]) {
    const cases = Object.entries(shares).filter(([key]) => key.startsWith(`externalId ${verdict}`));
    expect(cases.reduce((sum, [, count]) => sum + count, 0) / CASES, JSON.stringify(shares)).toBeGreaterThan(0.04);
  }
  if (process.env.TRUST_CASES !== undefined) console.info(shares);
}, 1_200_000);

interface Opinion {
  readonly externalId: "enforced" | "missing" | "not enforced" | "not-applicable";
  readonly mfa: "enforced" | "not enforced" | "not-applicable";
  readonly iam050: string;
}

/** What is asked for without effect is told apart from what is not asked for only where the key is nowhere. */
function inWords(audit: TrustAudit, text: string): Opinion {
  const open = (verdict: string): boolean => verdict === "missing" || verdict === "bypassable";
  if (!/sts:externalid/i.test(text)) expect(audit.externalId, text).not.toBe("bypassable");
  return {
    externalId: (open(audit.externalId) ? "not enforced" : audit.externalId) as Opinion["externalId"],
    mfa: (open(audit.mfa) ? "not enforced" : audit.mfa) as Opinion["mfa"],
    iam050: audit.iam050,
  };
}

const IDS: readonly string[] = [2, 3].flatMap((length) =>
  Array.from({ length }).reduce<string[]>(
    (all) => all.flatMap((each) => [...LETTERS, "A"].map((letter) => each + letter)),
    [""],
  ),
);

const STRANGERS: readonly string[] = ["222233334444"];

function secondOpinion(text: string): Opinion {
  const mfas = /multifactor/i.test(text)
    ? [
        { mfa: null, context: {} },
        { mfa: false, context: {} },
        ...(/multifactorauthage/i.test(text) ? ["30", "60", "900", "7200"] : ["60"]).map((age) => ({
          mfa: true,
          context: { "aws:MultiFactorAuthAge": age },
        })),
      ]
    : [{ mfa: null, context: {} }];
  const mayAssume = askedOften(text);
  const addresses = /sourceip/i.test(text) ? [null, "198.51.100.7", "203.0.113.9", "192.0.2.1"] : [null];
  const named = namedIn(text);
  const ids = [null, ...named.map(({ id }) => id), ...(/externalid/i.test(text) ? IDS : ["zz"])];
  const isRight = (id: string): boolean =>
    named.some((each) => each.id === id || (each.fold && each.id.toLowerCase() === id.toLowerCase()));
  const vendor = { wrong: false, right: false, withMfa: false, withoutMfa: false };
  let entered = false;
  let unguarded = false;
  for (const account of [VENDOR, OTHER, ...STRANGERS]) {
    for (const principalArn of principalsOf(account)) {
      for (const { mfa, context } of mfas) {
        for (const id of ids) {
          const kind = id !== null && isRight(id) ? "right" : "wrong";
          const novel =
            !entered ||
            (!unguarded && kind === "wrong" && mfa !== true) ||
            (account === VENDOR && !(vendor[kind] && vendor[mfa === true ? "withMfa" : "withoutMfa"]));
          if (!novel) continue;
          const enters = addresses.some((address) =>
            mayAssume({
              ...{ principalArn, externalId: id, mfa },
              context: { ...context, ...(address === null ? {} : { "aws:SourceIp": address }) },
            }),
          );
          if (!enters) continue;
          entered = true;
          unguarded ||= kind === "wrong" && mfa !== true;
          if (account !== VENDOR) continue;
          vendor[kind] = true;
          vendor[mfa === true ? "withMfa" : "withoutMfa"] = true;
        }
      }
    }
  }
  const came = vendor.wrong || vendor.right;
  return {
    externalId: !came ? "not-applicable" : vendor.wrong ? "not enforced" : "enforced",
    mfa: !came ? "not-applicable" : vendor.withoutMfa ? "not enforced" : "enforced",
    iam050: !entered ? "not-applicable" : unguarded ? "fail" : "pass",
  };
}

function principalsOf(account: string): readonly string[] {
  const role = (name: string, session: string): string => `arn:aws:sts::${account}:assumed-role/${name}/${session}`;
  const iam = (resource: string): string => `arn:aws:iam::${account}:${resource}`;
  const strangers = [role("integration-else", "x"), role("guest", "x"), role("nobody", "x"), iam("root")];
  if (account !== VENDOR) return strangers;
  return [
    ...[role("integration-scanner", "scan-1"), role("integration-scanner", "other")],
    ...[role("ops", "x"), iam("user/ada"), iam("user/nobody"), ...strangers],
  ];
}

/** The IDs that a policy names without a wildcard, and whether their operator ignores case. */
function namedIn(text: string): readonly { readonly id: string; readonly fold: boolean }[] {
  const policy = JSON.parse(text) as { Version: string; Statement: unknown };
  const statements = [policy.Statement].flat() as { Condition?: Record<string, Record<string, unknown>> }[];
  return statements.flatMap(({ Condition }) =>
    Object.entries(Condition ?? {}).flatMap(([operator, keys]) =>
      Object.entries(keys).flatMap(([key, values]) => {
        if (!/string/i.test(operator) || /matches/i.test(operator) || !/^sts:externalid$/i.test(key)) return [];
        const like = /like/i.test(operator);
        return ([values].flat() as string[])
          .map((id) => (policy.Version === "2012-10-17" ? id.replace(/\$\{([*?$])\}/g, "\u0000$1") : id))
          .filter((id) => !(like && /(?<!\0)[*?]/.test(id)) && !(policy.Version === "2012-10-17" && id.includes("${")))
          .map((id) => ({ id: id.replaceAll("\u0000", ""), fold: /ignorecase/i.test(operator) }));
      }),
    ),
  );
}
