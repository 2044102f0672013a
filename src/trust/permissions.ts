/** One policy that says what a role may do. */
export interface Permission {
  /** A managed policy's ARN, or an inline policy's name. */
  readonly name: string;
  readonly managed: boolean;
  /** The document, as it came; null where the input does not hold it, as for AWS's own policies. */
  readonly document: unknown;
}
