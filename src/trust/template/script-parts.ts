/**
 * What both scripts for many accounts begin with, in bash. An external ID goes from the customer's own file, through
 * jq, into a file that only the caller can read, and from there to the AWS CLI: it is never in a variable, an argument
 * or a message, where `ps`, a trace or a log would keep it.
 * @see https://docs.aws.amazon.com/cli/v1/userguide/cli-usage-parameters-file.html
 */
export const SCRIPT_START = `set -euo pipefail
umask 077
export AWS_PAGER=""

say() { printf '%s\\n' "$*" >&2; }

fail() {
  say "error: $1"
  exit "\${2:-1}"
}

# An option, and what follows it.
has_value() {
  [[ $# -ge 2 && -n $2 ]] || fail "$1 needs a value" 2
}

sha256_of() {
  if command -v sha256sum >/dev/null; then
    sha256sum <"$1" | cut -d ' ' -f 1
  else
    shasum -a 256 <"$1" | cut -d ' ' -f 1
  fi
}

# 16 hexadecimal digits of the system's random numbers.
draw() { od -An -N8 -tx1 /dev/urandom | tr -d ' \\n'; }
`;

/** Needs \`template\`, \`ids\` and \`progress\` set; sets \`work\`, a folder that ends with the script, and \`sum\`. */
export const SCRIPT_CHECKS = `for tool in aws jq; do
  command -v "$tool" >/dev/null || fail "$tool is not installed" 2
done
[[ -r $template ]] || fail "--template: there is no such file" 2
[[ -f $ids && -r $ids ]] || fail "--external-ids: there is no such file" 2
[[ -z $(find "$ids" \\( -perm -g=r -o -perm -g=w -o -perm -o=r -o -perm -o=w \\)) ]] ||
  fail "--external-ids: others can read the file; run: chmod 600 on it" 2
jq -e 'type == "object" and length > 0 and
  all(to_entries[]; (.key | test("^[0-9]{12}$")) and (.value | type == "string"))' "$ids" >/dev/null 2>&1 ||
  fail '--external-ids: not JSON of the form {"111122223333": "its external ID"}' 2
jq -e '([.[]] | length) == ([.[]] | unique | length)' "$ids" >/dev/null ||
  fail "--external-ids: two accounts have the same external ID; each needs its own" 2

work=$(mktemp -d)
trap 'rm -rf -- "$work"' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM
sum=$(sha256_of "$template")
touch -- "$progress"

# parameters_for ACCOUNT SUFFIX: writes the parameters' file. A suffix of - keeps the one that there is.
parameters_for() {
  jq --arg account "$1" --arg suffix "$2" '[
    {ParameterKey: "ExternalId", ParameterValue: .[$account]},
    ({ParameterKey: "RoleNameSuffix"} +
      if $suffix == "-" then {UsePreviousValue: true} else {ParameterValue: $suffix} end)
  ]' "$ids" >"$work/parameters.json"
}

# The role's ARN, where this template is known to be deployed in the account.
recorded() {
  awk -F '\\t' -v account="$1" -v sum="$sum" \\
    '$1 == account && $2 == sum { role = $3 } END { if (role == "") exit 1; print role }' "$progress"
}

# What went wrong, as far as it may be shown: no control characters, and nothing that holds the external ID.
tell_log() {
  jq -r --arg account "$1" '.[$account]' "$ids" >"$work/id"
  if grep -qFf "$work/id" "$work/log"; then
    say "$1: failed; what AWS answered holds the external ID and is not shown"
  else
    say "$1: failed: $(tr -d '\\000-\\010\\013-\\037\\177' <"$work/log" | tail -n 5)"
  fi
}

# Deploys where it is not done yet, and says for each account what became of it. Goes on after a failure.
deploy_all() {
  local account role failed=0
  while IFS= read -r account <&3; do
    if [[ $again == no ]] && role=$(recorded "$account"); then
      printf '%s\\tdone before\\t%s\\n' "$account" "$role"
    elif deploy "$account" >"$work/log" 2>&1; then
      role=$(<"$work/role")
      printf '%s\\t%s\\t%s\\n' "$account" "$sum" "$role" >>"$progress"
      printf '%s\\tdeployed\\t%s\\n' "$account" "$role"
    else
      failed=$((failed + 1))
      tell_log "$account"
      printf '%s\\tfailed\\t-\\n' "$account"
    fi
    rm -f -- "$work/parameters.json" "$work/id"
  done 3< <(jq -r 'keys[]' "$ids")
  [[ $failed -eq 0 ]] || fail "$failed accounts failed; run it again to go on with them"
}
`;
