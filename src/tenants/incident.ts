/**
 * Something that the vendor's own desk met with, and no trail tells: while customers were registered, or while their roles
 * were tried. Every text in it is an account number, a role's ARN or a word of this program's.
 */
export interface Incident {
  readonly kind: "account-claimed-twice" | "external-id-offered" | "external-id-weak" | "role-opened";
  /** Epoch milliseconds. */
  readonly timeMs: number;
  /** Whose matter it is: of a claim, who holds the account; else who asked, or whose role it is. */
  readonly tenant: string | null;
  readonly account: string | null;
  readonly roleArn: string | null;
  /** Named lists for the alert. */
  readonly facts: Readonly<Record<string, readonly string[]>>;
}
