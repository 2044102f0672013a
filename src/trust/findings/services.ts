import { about, ASSUME_ROLE } from "../evaluate.ts";
import type { Finder } from "./finding.ts";

/**
 * Services that hand a role's credentials to the very resource that the account's own people gave the role to, and whose
 * own pages name no source key for the trust policy. For all others AWS's page on the confused deputy applies.
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/confused-deputy.html
 */
const WITHOUT_SOURCE: ReadonlySet<string> = new Set([
  "ec2.amazonaws.com",
  "ec2.amazonaws.com.cn",
  "lambda.amazonaws.com",
  "edgelambda.amazonaws.com",
]);

const SOURCE_KEYS: ReadonlySet<string> = new Set([
  "aws:sourcearn",
  "aws:sourceaccount",
  "aws:sourceorgid",
  "aws:sourceorgpaths",
]);

/**
 * `service-confused-deputy`: a service may assume the role, whoever's resource it works for. Roles that services made
 * for themselves cannot be changed and are passed over.
 */
export const services: Finder = ({ policy, role }) => {
  if (role?.includes(":role/aws-service-role/") === true) return [];
  const statements = about(policy, ASSUME_ROLE);
  const asks = (key: string): boolean => SOURCE_KEYS.has(key);
  if (statements.some(({ effect, conditions }) => effect === "Deny" && conditions.some(({ key }) => asks(key))))
    return [];
  return statements.flatMap(({ effect, index, principals: { list, except }, conditions }) => {
    if (effect === "Deny" || except || conditions.some(({ key }) => asks(key))) return [];
    const names = list.flatMap((each) =>
      each.kind === "service" && !WITHOUT_SOURCE.has(each.name) ? [each.name] : [],
    );
    if (names.length === 0) return [];
    return [
      {
        id: "service-confused-deputy",
        severity: "low" as const,
        statement: index,
        why: `${names.join(", ").slice(0, 200)} may use the role for any account's resource: nothing asks whose work it does.`,
        fix: '"Condition": {"StringEquals": {"aws:SourceAccount": "THIS_ACCOUNT"}}, or ArnLike on aws:SourceArn, where the service sends them.',
      },
    ];
  });
};
