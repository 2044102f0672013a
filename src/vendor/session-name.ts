/** Session names that a role's workload uses: globs with `{tenant}` and `{account}` as placeholders. */
export interface SessionNameContract {
  readonly templates: readonly string[];
  readonly allows: (sessionName: string, target: { readonly tenant: string | null; readonly account: string | null }) => boolean;
}
