/** One attempt to enter a customer's role. */
export interface Attempt {
  readonly roleArn: string;
  /** Whose regional endpoint is asked. */
  readonly region: string;
  readonly sessionName: string;
  /** In plain, because STS is sent it; null: none is sent. */
  readonly externalId: string | null;
  /** What the user agent is to say, so that the trail's reader knows the attempt for the vendor's own. */
  readonly mark: string;
}

/** What came of it. The credentials of a session that was let in are not in it: nobody gets them. */
export type Answer = { readonly kind: "let-in" } | { readonly kind: "denied" } | Failure;

/** Neither let in nor denied, so nothing is known of the role. */
export interface Failure {
  readonly kind: "failed";
  /** In words of this program's, and codes of STS's: its messages may quote what they were sent. */
  readonly why: string;
  /** Whether the same may go well in a moment: throttled, a fault of the service, no answer. */
  readonly passing: boolean;
}

/** Tries to enter a role, in a session that may do nothing. Rejects only where `signal` ended it. */
export type Assume = (attempt: Attempt, signal: AbortSignal) => Promise<Answer>;
