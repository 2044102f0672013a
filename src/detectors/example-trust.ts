import type { ControlEvent } from "../trail/call.ts";
import { ACME, exampleChange, SCANNER_ARN } from "./example.ts";

interface Changes {
  readonly principal?: string;
  /** Null: none. */
  readonly condition?: object | null;
  readonly operation?: "CreateRole" | "UpdateAssumeRolePolicy";
  readonly account?: string;
  readonly roleName?: string;
  readonly changes?: Partial<ControlEvent>;
}

const ENFORCED = { StringEquals: { "sts:ExternalId": "0123456789abcdef" } };

/** A customer's role gets a trust policy, in the customer's own trail: the vendor's outbound role, with its external ID. */
export function exampleTrust({
  principal = SCANNER_ARN,
  condition = ENFORCED,
  operation = "UpdateAssumeRolePolicy",
  account = ACME.account,
  roleName = "Vendor-7f3a",
  changes = {},
}: Changes = {}): ControlEvent {
  const roleArn = `arn:aws:iam::${account}:role/${roleName}`;
  const statement = {
    ...{ Effect: "Allow", Principal: { AWS: principal }, Action: "sts:AssumeRole" },
    ...(condition !== null && { Condition: condition }),
  };
  const administrator = {
    arn: `arn:aws:sts::${account}:assumed-role/administrator/ops`,
    roleArn: `arn:aws:iam::${account}:role/administrator`,
    account,
  };
  const change = exampleChange("iam.amazonaws.com", operation);
  return {
    ...change,
    caller: { ...change.caller, ...administrator },
    recipient: account,
    resource: roleArn,
    trust: { roleArn, policy: { Version: "2012-10-17", Statement: [statement] } },
    ...changes,
  };
}
