import { PLACEHOLDER } from "../fix.ts";

/** A corrected trust policy as something to be used; `{role}` is its name, null where it is not known. */
export interface Fixed {
  readonly role: string | null;
  readonly document: Readonly<Record<string, unknown>>;
}

export interface Rendering {
  readonly name: string;
  /** Ends in a line break. Whoever shows it makes harmless what others chose. */
  readonly contentOf: (fixed: Fixed) => string;
}

/** `<EXTERNAL_ID>`, `<EXTERNAL_ID_2>` …; the number is caught, empty for the first. */
export function placeholders(): RegExp {
  return new RegExp(PLACEHOLDER.replace(">", "(?:_(\\d+))?>"), "g");
}

/** A role's name out of its ARN, without its path; null where IAM would not take it as one. */
export function nameOf(roleArn: string | null): string | null {
  const name = roleArn?.split(":role/")[1]?.split("/").at(-1) ?? "";
  return /^[\w+=,.@-]{1,64}$/.test(name) ? name : null;
}
