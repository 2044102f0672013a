import { partitionOf, type RoleTemplate } from "./role-template.ts";
import { SCRIPT_CHECKS, SCRIPT_START } from "./script-parts.ts";

/**
 * A bash script for the customer: deploys a template into every account of a file, as a stack in each, with that
 * account's own external ID and a suffix drawn for it. Resumable: what is done is in a file, by the template's digest.
 */
export function accountScript(template: Pick<RoleTemplate, "namePrefix" | "vendorRoles">): string {
  return `#!/usr/bin/env bash
# Deploys the vendor's role into many accounts, a stack in each. Needs the AWS CLI, jq, and no secret on the command line.
${SCRIPT_START}
usage() {
  cat <<'USAGE'
Usage: bash deploy.sh --template FILE --external-ids FILE [options]

  --template FILE       the CloudFormation template
  --external-ids FILE   JSON: {"111122223333": "its external ID"}; readable by you alone (chmod 600)
  --assume-role NAME    enter each account by this role, such as OrganizationAccountAccessRole
  --profile-prefix P    enter each account by the AWS profile named P and its number
                        (neither: the present credentials, for the one account that they are for)
  --stack-name NAME     default: ${template.namePrefix}
  --region REGION       where the stacks are kept; default: AWS_REGION, else us-east-1
  --progress FILE       what is done; default: ./deployed.tsv. A second run goes on from there.
  --again               deploy also where it is done: after a rotation of the external IDs

On stdout, a line an account: number, outcome, ARN of the role. Exits with 0, 1 where an account failed, 2 for bad usage.
USAGE
}

template="" ids="" assume_role="" profile_prefix="" progress=deployed.tsv again=no
stack='${template.namePrefix}'
region=\${AWS_REGION:-us-east-1}
partition='${partitionOf(template)}'
while [[ $# -gt 0 ]]; do
  case $1 in
    --template) has_value "$@" && template=$2 && shift 2 ;;
    --external-ids) has_value "$@" && ids=$2 && shift 2 ;;
    --assume-role) has_value "$@" && assume_role=$2 && shift 2 ;;
    --profile-prefix) has_value "$@" && profile_prefix=$2 && shift 2 ;;
    --stack-name) has_value "$@" && stack=$2 && shift 2 ;;
    --region) has_value "$@" && region=$2 && shift 2 ;;
    --progress) has_value "$@" && progress=$2 && shift 2 ;;
    --again) again=yes && shift ;;
    --help) usage && exit 0 ;;
    *) usage >&2 && fail "an argument that is none of these" 2 ;;
  esac
done
[[ -n $template && -n $ids ]] || { usage >&2 && fail "--template and --external-ids are needed" 2; }

${SCRIPT_CHECKS}
# Becomes somebody in the account, and makes sure of it.
enter() {
  local here
  if [[ -n $assume_role ]]; then
    aws sts assume-role --role-arn "arn:$partition:iam::$1:role/$assume_role" \\
      --role-session-name deploy-vendor-role --output json >"$work/session.json" || return 1
    AWS_ACCESS_KEY_ID=$(jq -r .Credentials.AccessKeyId "$work/session.json")
    AWS_SECRET_ACCESS_KEY=$(jq -r .Credentials.SecretAccessKey "$work/session.json")
    AWS_SESSION_TOKEN=$(jq -r .Credentials.SessionToken "$work/session.json")
    rm -f -- "$work/session.json"
    export AWS_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY AWS_SESSION_TOKEN
    unset AWS_PROFILE
  elif [[ -n $profile_prefix ]]; then
    unset AWS_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY AWS_SESSION_TOKEN
    export AWS_PROFILE=$profile_prefix$1
  fi
  here=$(aws sts get-caller-identity --query Account --output text) || return 1
  [[ $here == "$1" ]] || { say "the credentials are for account $here" && return 1; }
}

# The stack's status; - where there is none. Any other trouble is a failure: a guess could replace a role in use.
status_of() {
  if aws cloudformation describe-stacks --region "$region" --stack-name "$stack" \\
    --query 'Stacks[0].StackStatus' --output text 2>"$work/describe"; then
    return 0
  fi
  grep -q 'does not exist' "$work/describe" || { cat "$work/describe" >&2 && return 1; }
  printf '%s\\n' -
}

# In a subshell, so that one account's credentials end with it.
deploy() (
  enter "$1" || exit 1
  status=$(status_of) || exit 1
  if [[ $status == ROLLBACK_COMPLETE ]]; then
    # Its first making failed: it holds nothing, and CloudFormation updates no such stack.
    aws cloudformation delete-stack --region "$region" --stack-name "$stack" || exit 1
    aws cloudformation wait stack-delete-complete --region "$region" --stack-name "$stack" || exit 1
    status=-
  fi
  verb=update
  if [[ $status == - ]]; then
    verb=create
    parameters_for "$1" "$(draw)" || exit 1
  else
    parameters_for "$1" - || exit 1
  fi
  if aws cloudformation "$verb-stack" --region "$region" --stack-name "$stack" --template-body "file://$template" \\
    --capabilities CAPABILITY_NAMED_IAM --parameters "file://$work/parameters.json" 2>"$work/answer"; then
    aws cloudformation wait "stack-$verb-complete" --region "$region" --stack-name "$stack" || exit 1
  else
    cat "$work/answer" >&2
    grep -q 'No updates are to be performed' "$work/answer" || exit 1
  fi
  aws cloudformation describe-stacks --region "$region" --stack-name "$stack" \\
    --query "Stacks[0].Outputs[?OutputKey=='RoleArn'].OutputValue | [0]" --output text >"$work/role"
)

deploy_all
`;
}
