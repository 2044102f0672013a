import { placeholders, type Rendering } from "./rendering.ts";

/**
 * A resource with the policy as a heredoc, in which `${` and `%{` begin templates and are doubled; the ID is a sensitive
 * variable, whose characters need no escape in JSON.
 * @see https://developer.hashicorp.com/terraform/language/expressions/strings
 */
export const terraform: Rendering = {
  name: "terraform",
  contentOf: ({ role, document }) => {
    const names = new Set<string>();
    const json = JSON.stringify(document, null, 2)
      .replace(/[$%](?=\{)/g, "$&$&")
      .replace(placeholders(), (_, number: string | undefined) => {
        const name = `external_id${number === undefined ? "" : `_${number}`}`;
        names.add(name);
        return `\${var.${name}}`;
      });
    const variables = [...names].map((name) => `variable "${name}" {\n  type      = string\n  sensitive = true\n}\n\n`);
    const lines = json.split("\n").map((line) => `    ${line}\n`);
    return `${variables.join("")}resource "aws_iam_role" "vendor" {\n  name               = "${role ?? "ROLE_NAME"}"\n  assume_role_policy = <<-JSON\n${lines.join("")}  JSON\n}\n`;
  },
};
