import type { SessionNameContract } from "../../outbound/session-name.ts";

/** What a probe's session is called where nothing was promised about names. */
export const VERIFY_SESSION = "deputywatch-verify";

/** What stands for a `*` of a template, the plainest first. */
const FILLINGS = [VERIFY_SESSION, "verify", ""];

/** What STS takes. @see https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html */
const SESSION_NAME = /^[\w+=,.@-]{2,64}$/;

/**
 * A session name that the outbound role's contract allows for this customer, because customers may demand in their trust
 * policy what they were promised. Where no name can be made of the templates, the one that is used without a contract.
 */
export function probeSessionName(
  contract: SessionNameContract | null,
  customer: { readonly tenant: string; readonly account: string },
): string {
  if (contract === null) return VERIFY_SESSION;
  const made = contract.templates.flatMap((template) =>
    FILLINGS.map((filling) =>
      template
        .replaceAll("{tenant}", () => customer.tenant)
        .replaceAll("{account}", () => customer.account)
        .replaceAll("?", "v")
        .replaceAll("*", filling),
    ),
  );
  return (
    [VERIFY_SESSION, ...made].find((name) => SESSION_NAME.test(name) && contract.allows(name, customer)) ??
    VERIFY_SESSION
  );
}
