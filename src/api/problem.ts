/**
 * What can be wrong with a request, by the stable end of its type. Titles are the same for every occurrence, and nothing in
 * them comes from a request.
 * @see https://www.rfc-editor.org/rfc/rfc9457
 */
export const PROBLEMS = {
  "invalid-request": { status: 400, title: "The request is not as the API's description has it" },
  "external-id-refused": {
    status: 400,
    title: "External IDs are made here: one that is sent is refused, and reported",
  },
  unauthenticated: { status: 401, title: "The request does not say for which tenant" },
  "not-a-customer": { status: 403, title: "The calling account is no verified integration of a tenant" },
  "scope-missing": { status: 403, title: "The token does not allow this" },
  "not-found": { status: 404, title: "There is nothing here" },
  "method-not-allowed": { status: 405, title: "This is not done here" },
  "account-taken": { status: 409, title: "The account cannot be registered" },
  "external-id-in-use": { status: 409, title: "The external ID is in use, and is not shown any more" },
  "external-id-lost": { status: 409, title: "The external ID is not kept: it has to be regenerated" },
  "integration-off-boarded": { status: 409, title: "The integration has ended" },
  "rotation-in-progress": { status: 409, title: "An earlier rotation's overlap still runs" },
  "too-large": { status: 413, title: "The body is larger than is read" },
  "unsupported-media-type": { status: 415, title: "Bodies are application/json in UTF-8, not compressed" },
  "too-many-requests": { status: 429, title: "The tenant asks for too much at once" },
  internal: { status: 500, title: "Something failed here" },
} as const;

export type ProblemName = keyof typeof PROBLEMS;

/** One thing that is wrong in a body (RFC 6901 pointer) or query. Never quotes what was sent. */
export interface Fault {
  readonly pointer: string;
  readonly detail: string;
}

/** Why a request is not done. */
export interface Refusal {
  readonly problem: ProblemName;
  /** What the caller can do about it, where the title does not say. */
  readonly detail?: string;
  readonly errors?: readonly Fault[];
  readonly headers?: Readonly<Record<string, string>>;
}

/** What was done. */
export interface Reply {
  readonly status: number;
  /** Undefined: none. */
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

export function refuse(problem: ProblemName, more: Omit<Refusal, "problem"> = {}): Refusal {
  return { problem, ...more };
}

export function isRefusal(answer: object): answer is Refusal {
  return "problem" in answer;
}

/** A name, not a place: nothing need be served there. */
export function typeOf(problem: ProblemName): string {
  return `urn:deputywatch:problem:${problem}`;
}

/** The body that tells a refusal. */
export function bodyOf({ problem, detail, errors }: Refusal, requestId: string): Record<string, unknown> {
  const { status, title } = PROBLEMS[problem];
  return {
    ...{ type: typeOf(problem), title, status },
    ...(detail !== undefined && { detail }),
    ...(errors !== undefined && { errors }),
    requestId,
  };
}
