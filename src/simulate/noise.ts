import type { Dice } from "./dice.ts";
import { assumeRole, identityOf, isoTime, VENDOR_ACCOUNT, type Role, type TrailRecord } from "./record.ts";

const SERVICE_ROLES = [
  ["config.amazonaws.com", "aws-service-role/config.amazonaws.com/AWSServiceRoleForConfig", "AWSConfig-Describe"],
  ["ecs-tasks.amazonaws.com", "ecs-scanner", null],
  ["lambda.amazonaws.com", "webhooks", "webhooks"],
] as const;

/** AWS assumes a role for a service of its own: the bulk of the AssumeRole events in a real account. */
export function serviceAssumption(timeMs: number, region: string, chance: Dice, partition = "aws"): TrailRecord {
  const [service, name, sessionName] = chance.pick(SERVICE_ROLES);
  const { record } = assumeRole(
    {
      timeMs,
      caller: { role: own(name, chance, partition), sessionName: "none", accessKeyId: "none", createdMs: timeMs },
      role: own(name, chance, partition),
      sessionName: sessionName ?? chance.hex(32),
      externalId: null,
      region,
      address: service,
      userAgent: service,
    },
    chance,
  );
  return {
    ...record,
    userIdentity: { type: "AWSService", invokedBy: service },
    sharedEventID: chance.uuid(),
    tlsDetails: undefined,
    additionalEventData: undefined,
  };
}

const OTHER_CALLS = [
  [
    "s3.amazonaws.com",
    "GetBucketAcl",
    { bucketName: "vendor-scan-results", Host: "vendor-scan-results.s3.amazonaws.com", acl: "" },
  ],
  ["ec2.amazonaws.com", "DescribeInstances", { instancesSet: {}, filterSet: {} }],
  ["ssm.amazonaws.com", "GetParameters", { names: ["/scanner/settings"], withDecryption: true }],
] as const;

/** A read by a role that has nothing to do with customers. */
export function otherCall(
  timeMs: number,
  region: string,
  address: string,
  chance: Dice,
  partition = "aws",
): TrailRecord {
  const [eventSource, eventName, requestParameters] = chance.pick(OTHER_CALLS);
  return {
    eventVersion: "1.11",
    userIdentity: identityOf({
      role: own("platform-inventory", chance, partition),
      sessionName: `inventory-${chance.hex(8)}`,
      accessKeyId: chance.awsId("ASIA", 16),
      createdMs: timeMs - chance.below(3_600_000),
    }),
    eventTime: isoTime(timeMs),
    eventSource,
    eventName,
    awsRegion: region,
    sourceIPAddress: address,
    userAgent: "aws-sdk-go-v2/1.39.2 ua/2.1 os/linux lang/go#1.25.3 md/GOOS#linux md/GOARCH#arm64 api/inventory",
    requestParameters,
    responseElements: null,
    requestID: chance.uuid(),
    eventID: chance.uuid(),
    readOnly: true,
    eventType: "AwsApiCall",
    managementEvent: true,
    recipientAccountId: VENDOR_ACCOUNT,
    eventCategory: "Management",
    tlsDetails: {
      tlsVersion: "TLSv1.3",
      cipherSuite: "TLS_AES_128_GCM_SHA256",
      clientProvidedHostHeader: `${eventSource.replace(".amazonaws.com", "")}.${region}.amazonaws.com`,
    },
  };
}

/** A build on a hosted runner, outside every address the vendor owns: it enters a role of its own, not an outbound one. */
export function deployment(timeMs: number, chance: Dice): TrailRecord {
  const subject = "repo:vendor/integrations:environment:production";
  const provider = `arn:aws:iam::${VENDOR_ACCOUNT}:oidc-provider/token.actions.githubusercontent.com`;
  const { record } = assumeRole(
    {
      timeMs,
      caller: { role: own("none", chance), sessionName: "none", accessKeyId: "none", createdMs: timeMs },
      role: own("deploy", chance),
      sessionName: "GitHubActions",
      externalId: null,
      region: "us-east-1",
      address: "198.51.100.200",
      userAgent: "aws-sdk-js/3.1160.0 ua/2.1 os/linux#6.14.0 lang/js md/nodejs#24.11.0 api/sts#3.1160.0",
    },
    chance,
  );
  return {
    ...record,
    eventName: "AssumeRoleWithWebIdentity",
    userIdentity: {
      type: "WebIdentityUser",
      principalId: `${provider}:sts.amazonaws.com:${subject}`,
      userName: subject,
      identityProvider: provider,
    },
  };
}

function own(name: string, chance: Dice, partition = "aws"): Role {
  return { arn: `arn:${partition}:iam::${VENDOR_ACCOUNT}:role/${name}`, id: chance.awsId("AROA", 17) };
}
