import { partitionOf, type RoleTemplate } from "./role-template.ts";
import { SCRIPT_CHECKS, SCRIPT_START } from "./script-parts.ts";

/**
 * A bash script for the customer: one stack set for many accounts. Each account's instance overrides the external ID and
 * the suffix; the set's own external ID is drawn, kept nowhere and known to nobody, so that an instance which is made
 * without an override makes a role that lets nobody in. Run from the account that administers the stack sets.
 * @see https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/stackinstances-override.html
 */
export function stackSetScript(template: Pick<RoleTemplate, "namePrefix" | "vendorRoles">): string {
  return `#!/usr/bin/env bash
# Deploys the vendor's role into many accounts by a stack set, with an external ID of its own in each.
# Needs the AWS CLI, jq, and no secret on the command line.
${SCRIPT_START}
usage() {
  cat <<'USAGE'
Usage: bash stack-set.sh --template FILE --external-ids FILE [options]

  --template FILE       the CloudFormation template
  --external-ids FILE   JSON: {"111122223333": "its external ID"}; readable by you alone (chmod 600)
  --stack-set NAME      default: ${template.namePrefix}
  --ou ID               the organizational unit (or root) that the accounts are in, for a stack set with
                        service-managed permissions; without it the stack set is self-managed
  --region REGION       where set and stacks are kept; default: AWS_REGION, else us-east-1
  --progress FILE       what is done; default: ./deployed.tsv. A second run goes on from there.
  --again               deploy also where it is done: after a rotation of the external IDs

On stdout, a line an account: number, outcome, ARN of the role. Exits with 0, 1 where an account failed, 2 for bad usage.
USAGE
}

template="" ids="" ou="" progress=deployed.tsv again=no
set='${template.namePrefix}'
region=\${AWS_REGION:-us-east-1}
while [[ $# -gt 0 ]]; do
  case $1 in
    --template) has_value "$@" && template=$2 && shift 2 ;;
    --external-ids) has_value "$@" && ids=$2 && shift 2 ;;
    --stack-set) has_value "$@" && set=$2 && shift 2 ;;
    --ou) has_value "$@" && ou=$2 && shift 2 ;;
    --region) has_value "$@" && region=$2 && shift 2 ;;
    --progress) has_value "$@" && progress=$2 && shift 2 ;;
    --again) again=yes && shift ;;
    --help) usage && exit 0 ;;
    *) usage >&2 && fail "an argument that is none of these" 2 ;;
  esac
done
[[ -n $template && -n $ids ]] || { usage >&2 && fail "--template and --external-ids are needed" 2; }

${SCRIPT_CHECKS}
stack_sets() { aws cloudformation "$@" --region "$region" --stack-set-name "$set"; }

# Waits until an operation has ended; fails, with the reasons, unless it succeeded.
finished() {
  local status=RUNNING
  while [[ $status == RUNNING || $status == QUEUED || $status == STOPPING ]]; do
    status=$(stack_sets describe-stack-set-operation --operation-id "$1" \\
      --query StackSetOperation.Status --output text) || return 1
    [[ $status != RUNNING && $status != QUEUED && $status != STOPPING ]] || sleep "\${POLL_SECONDS:-5}"
  done
  [[ $status == SUCCEEDED ]] && return 0
  say "the operation ended as $status"
  stack_sets list-stack-set-operation-results --operation-id "$1" \\
    --query 'Summaries[].StatusReason' --output text >&2
  return 1
}

# The set with this template. One that is there keeps its parameters, and its instances theirs.
prepare() {
  local operation model=(--permission-model SELF_MANAGED)
  [[ -z $ou ]] || model=(--permission-model SERVICE_MANAGED --auto-deployment Enabled=false)
  if stack_sets describe-stack-set --output json >"$work/set.json" 2>"$work/describe"; then
    jq -j .StackSet.TemplateBody "$work/set.json" | cmp -s - "$template" && return 0
    operation=$(stack_sets update-stack-set --template-body "file://$template" \\
      --capabilities CAPABILITY_NAMED_IAM --query OperationId --output text --parameters \\
      ParameterKey=ExternalId,UsePreviousValue=true ParameterKey=RoleNameSuffix,UsePreviousValue=true) || return 1
    finished "$operation"
    return
  fi
  grep -q 'StackSetNotFound' "$work/describe" || { cat "$work/describe" >&2 && return 1; }
  { draw && draw; } | jq -R '[{ParameterKey: "ExternalId", ParameterValue: .}]' >"$work/parameters.json"
  stack_sets create-stack-set --template-body "file://$template" "\${model[@]}" \\
    --capabilities CAPABILITY_NAMED_IAM --parameters "file://$work/parameters.json" >/dev/null
}

# The suffix that the account's instance has; - where there is no instance.
suffix_of() {
  local instances
  instances=$(stack_sets list-stack-instances --stack-instance-account "$1" --stack-instance-region "$region" \\
    --query "length(Summaries[?Account=='$1'])" --output json) || return 1
  [[ $instances != 0 ]] || { printf '%s\\n' - && return 0; }
  stack_sets describe-stack-instance --stack-instance-account "$1" --stack-instance-region "$region" \\
    --query "StackInstance.ParameterOverrides[?ParameterKey=='RoleNameSuffix'].ParameterValue | [0]" --output text
}

deploy() {
  local suffix operation verb=update-stack-instances targets=(--accounts "$1")
  [[ -z $ou ]] || targets=(--deployment-targets "OrganizationalUnitIds=$ou,Accounts=$1,AccountFilterType=INTERSECTION")
  suffix=$(suffix_of "$1") || return 1
  [[ $suffix != - ]] || { verb=create-stack-instances && suffix=$(draw); }
  [[ $suffix =~ ^[a-z0-9]+$ ]] || { say "its instance has no suffix of its own" && return 1; }
  parameters_for "$1" "$suffix" || return 1
  operation=$(stack_sets "$verb" "\${targets[@]}" --regions "$region" \\
    --parameter-overrides "file://$work/parameters.json" --query OperationId --output text) || return 1
  finished "$operation" || return 1
  printf '%s' "arn:${partitionOf(template)}:iam::$1:role/${template.namePrefix}-$suffix" >"$work/role"
}

prepare || fail "the stack set could not be made"
deploy_all
`;
}
