/**
 * A console link that opens a stack's last step with the template filled in. It names no parameter: what stands in a
 * link stays in histories and logs, so the customer types the external ID into the console's masked field.
 * @see https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cfn-console-create-stacks-quick-create-links.html
 */
export function quickCreateLink({
  templateUrl,
  stackName,
  region,
  partition,
}: {
  /** An HTTPS address in S3, presigned or not. */
  readonly templateUrl: string;
  readonly stackName: string;
  readonly region: string;
  readonly partition: string;
}): string {
  const console = CONSOLES[partition] ?? "console.aws.amazon.com";
  const query = new URLSearchParams({ templateURL: templateUrl, stackName });
  return `https://${region}.${console}/cloudformation/home?region=${region}#/stacks/create/review?${query.toString()}`;
}

/** @see https://docs.aws.amazon.com/general/latest/gr/mgmt-console.html */
const CONSOLES: Readonly<Record<string, string>> = {
  aws: "console.aws.amazon.com",
  "aws-cn": "console.amazonaws.cn",
  "aws-us-gov": "console.amazonaws-us-gov.com",
};
