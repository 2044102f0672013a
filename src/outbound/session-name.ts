import { globPattern, matchesPattern, type GlobPattern } from "./glob.ts";

/** Session names that a role's workload uses: globs with `{tenant}` and `{account}` as placeholders. */
export interface SessionNameContract {
  readonly templates: readonly string[];
  readonly allows: (
    sessionName: string,
    target: { readonly tenant: string | null; readonly account: string | null },
  ) => boolean;
}

/** A contract, or why the templates are none; the reason quotes the template. */
export type SessionNameContractReading =
  | { readonly contract: SessionNameContract; readonly problem?: undefined }
  | { readonly problem: string; readonly contract?: undefined };

const PLACEHOLDERS = ["tenant", "account"] as const;
type Placeholder = (typeof PLACEHOLDERS)[number];
type Template = readonly (GlobPattern | Placeholder)[];

/**
 * Compiles templates such as `scan-*` or `{tenant}-daily-?`. A placeholder stands for the target's own tenant or
 * account, taken literally, and for nothing at all where that is unknown. Besides placeholders and globs a template may
 * hold what a session name may, `[\w+=,.@-]`, or it could never match.
 * @see https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html
 */
export function sessionNameContract(templates: readonly string[]): SessionNameContractReading {
  const compiled: Template[] = [];
  for (const template of templates) {
    const pieces = template.split(/\{([^{}]*)\}/);
    const parts: (GlobPattern | Placeholder)[] = [];
    for (const [index, piece] of pieces.entries()) {
      const named = index % 2 === 1;
      if (named && !isPlaceholder(piece)) {
        return { problem: `${JSON.stringify(template)}: {${piece}} is no placeholder, {tenant} and {account} are` };
      }
      if (!named && !/^[\w+=,.@*?-]*$/.test(piece)) {
        return { problem: `${JSON.stringify(template)} holds a character that no session name can hold` };
      }
      parts.push(isPlaceholder(piece) && named ? piece : globPattern(piece));
    }
    compiled.push(parts);
  }
  return {
    contract: {
      templates,
      allows: (sessionName, target) =>
        compiled.some((template) => {
          const pattern = patternFor(template, target);
          return pattern !== null && matchesPattern(pattern, sessionName);
        }),
    },
  };
}

function isPlaceholder(text: string): text is Placeholder {
  return PLACEHOLDERS.some((placeholder) => placeholder === text);
}

/** Null where a placeholder's value is unknown. */
function patternFor(template: Template, target: Readonly<Record<Placeholder, string | null>>): GlobPattern | null {
  const [only] = template;
  if (template.length === 1 && typeof only === "object") return only;
  const pattern: number[] = [];
  for (const piece of template) {
    if (typeof piece === "object") for (const token of piece) pattern.push(token);
    else {
      const value = target[piece];
      if (value === null) return null;
      for (let at = 0; at < value.length; at++) pattern.push(value.charCodeAt(at));
    }
  }
  return pattern;
}
