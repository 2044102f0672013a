/**
 * The operations by which a trail, or its way to the watcher, is stopped, narrowed, starved or cut off, and those by which
 * a role's trust policy is written; by service.
 * @see https://attack.mitre.org/techniques/T1562/008/
 */
const CONTROL: Readonly<Record<string, readonly string[]>> = {
  "cloudtrail.amazonaws.com": [
    "StopLogging",
    "DeleteTrail",
    "UpdateTrail",
    "PutEventSelectors",
    "DeleteEventDataStore",
    "StopEventDataStoreIngestion",
    "DeregisterOrganizationDelegatedAdmin",
  ],
  "organizations.amazonaws.com": ["LeaveOrganization", "DisableAWSServiceAccess", "DeregisterDelegatedAdministrator"],
  "s3.amazonaws.com": [
    "DeleteBucket",
    "DeleteBucketEncryption",
    "DeleteBucketPolicy",
    "PutBucketLifecycle",
    "PutBucketLifecycleConfiguration",
    "PutBucketNotification",
    "PutBucketNotificationConfiguration",
    "PutBucketPolicy",
    "PutBucketVersioning",
  ],
  "kms.amazonaws.com": ["DisableKey", "ScheduleKeyDeletion", "PutKeyPolicy", "RevokeGrant"],
  "events.amazonaws.com": ["DisableRule", "DeleteRule", "RemoveTargets", "PutRule"],
  "sns.amazonaws.com": ["DeleteTopic", "Unsubscribe", "SetTopicAttributes"],
  "sqs.amazonaws.com": ["DeleteQueue", "PurgeQueue", "SetQueueAttributes"],
  "lambda.amazonaws.com": [
    "DeleteEventSourceMapping",
    "UpdateEventSourceMapping",
    "DeleteFunction",
    "PutFunctionConcurrency",
  ],
  "iam.amazonaws.com": ["CreateRole", "UpdateAssumeRolePolicy"],
  "logs.amazonaws.com": ["DeleteLogGroup", "DeleteLogStream", "DeleteSubscriptionFilter"],
};

const OPERATIONS: ReadonlyMap<string, ReadonlySet<string>> = new Map(
  Object.entries(CONTROL).map(([service, operations]) => [service, new Set(operations)]),
);

/** The operation's name without Lambda's date suffix, or null where the event changes nothing that a trail needs. */
export function controlOf(service: string, eventName: string): string | null {
  const operations = OPERATIONS.get(service);
  if (operations === undefined) return null;
  const operation = eventName.replace(/(?:_\d+|\d{8}(?:v\d)?)$/, "");
  return operations.has(operation) ? operation : null;
}

/** Request parameters that name the thing changed, in the spellings of the services above. */
const NAMES = [
  "name",
  "trailName",
  "eventDataStore",
  "bucketName",
  "keyId",
  "rule",
  "topicArn",
  "subscriptionArn",
  "queueUrl",
  "functionName",
  "uUID",
  "logGroupName",
  "servicePrincipal",
] as const;

/** What a control event changed, as its request names it; null where it does not. */
export function resourceOf(raw: object): string | null {
  const asked = (raw as { requestParameters?: unknown }).requestParameters;
  if (typeof asked !== "object" || asked === null) return null;
  for (const name of NAMES) {
    const value = (asked as Record<string, unknown>)[name];
    if (typeof value === "string" && value !== "") return value;
  }
  return null;
}
