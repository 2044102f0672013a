/** A user's mistake: one sentence, and a hint at what would work. The CLI shows both and exits with 2; no stack trace. */
export interface Mistake extends Error {
  readonly hint: string | null;
}

const NAME = "Mistake";

/** `message` names the file, line, key or option; `hint` says what to write instead. */
export function mistake(message: string, hint: string | null = null, cause?: unknown): Mistake {
  return Object.assign(new Error(message, { cause }), { name: NAME, hint });
}

export function isMistake(error: unknown): error is Mistake {
  return error instanceof Error && error.name === NAME;
}
