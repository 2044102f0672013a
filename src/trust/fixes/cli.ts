import type { Rendering } from "./rendering.ts";

/**
 * A command for a POSIX shell; within single quotes nothing but a single quote has a meaning.
 * @see https://docs.aws.amazon.com/cli/latest/reference/iam/update-assume-role-policy.html
 */
export const cli: Rendering = {
  name: "cli",
  contentOf: ({ role, document }) =>
    `aws iam update-assume-role-policy --role-name ${role ?? "ROLE_NAME"} --policy-document '${JSON.stringify(
      document,
      null,
      2,
    ).replaceAll("'", String.raw`'\''`)}'\n`,
};
