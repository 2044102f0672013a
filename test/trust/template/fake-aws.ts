/**
 * A stand-in for the AWS CLI, in bash: it notes its arguments in `calls` and the modes of the files that it is given in
 * `modes`, keeps the parameters by account, and answers as the CLI does. `FAIL_FOR` is refused; with `ECHO` the refusal
 * repeats the parameters, as version 1 of the CLI does for some mistakes. With `HANG` it never answers what has any.
 */
export const FAKE_AWS = `#!/usr/bin/env bash
set -eu
printf '%s\\n' "$*" >>calls
account=999900001111
[[ -z \${AWS_SESSION_TOKEN-} ]] || account=$AWS_SESSION_TOKEN
parameters=""
previous=""
for argument in "$@"; do
  case $argument in
    file://*parameters.json) parameters=\${argument#file://} ;;
    Org*Accounts=*) account=\${argument#*Accounts=} && account=\${account%%,*} ;;
  esac
  case $previous in
    --accounts | --stack-instance-account) account=$argument ;;
  esac
  previous=$argument
done
if [[ -n $parameters ]]; then
  find "$parameters" -perm 600 -exec echo 600 \\; >>modes
  [[ -z \${HANG-} ]] || exec sleep 60
fi
refuse_if_asked() {
  [[ \${FAIL_FOR-} == "$account" ]] || return 0
  printf 'AccessDenied \\033[31m for you\\n' >&2
  [[ -z \${ECHO-} ]] || cat "$parameters" >&2
  exit 254
}
value() { jq -r --arg key "$1" '.[] | select(.ParameterKey == $key) | .ParameterValue // empty' "$2"; }
keep() {
  local suffix
  suffix=$(value RoleNameSuffix "$parameters")
  [[ -z $suffix ]] || printf '%s' "$suffix" >"suffix-$account"
  cp "$parameters" "parameters-$account.json"
}
case "$1 $2" in
  'sts assume-role')
    [[ $4 =~ ::([0-9]{12}):role/Deployer ]]
    printf '{"Credentials":{"AccessKeyId":"a","SecretAccessKey":"b","SessionToken":"%s"}}' "\${BASH_REMATCH[1]}"
    ;;
  'sts get-caller-identity') printf '%s\\n' "$account" ;;
  'cloudformation describe-stacks')
    [[ -f stack-$account ]] || { echo "Stack with id x does not exist" >&2 && exit 254; }
    if [[ $* == *StackStatus* ]]; then cat "stack-$account"; else
      printf 'arn:aws:iam::%s:role/vendor-scan-%s\\n' "$account" "$(cat "suffix-$account")"
    fi
    ;;
  'cloudformation create-stack' | 'cloudformation update-stack')
    refuse_if_asked
    keep
    echo CREATE_COMPLETE >"stack-$account"
    ;;
  'cloudformation delete-stack') rm "stack-$account" ;;
  'cloudformation wait') ;;
  'cloudformation describe-stack-set')
    [[ -f set ]] || { echo "An error occurred (StackSetNotFoundException)" >&2 && exit 254; }
    jq -Rs '{StackSet: {TemplateBody: .}}' <set
    ;;
  'cloudformation create-stack-set') cp role.yaml set && cp "$parameters" parameters-set.json ;;
  'cloudformation update-stack-set') cp role.yaml set && echo operation ;;
  'cloudformation list-stack-instances') if [[ -f instance-$account ]]; then echo 1; else echo 0; fi ;;
  'cloudformation describe-stack-instance') cat "suffix-$account" ;;
  'cloudformation create-stack-instances' | 'cloudformation update-stack-instances')
    refuse_if_asked
    keep
    touch "instance-$account"
    echo operation
    ;;
  'cloudformation describe-stack-set-operation') echo SUCCEEDED ;;
  *) echo "not known: $*" >&2 && exit 252 ;;
esac
`;
