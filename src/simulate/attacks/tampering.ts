import type { Dice } from "../dice.ts";
import { workloadNamed, type Estate } from "../estate.ts";
import { identityOf, isoTime, VENDOR_ACCOUNT, type TrailRecord } from "../record.ts";
import { MINUTE_MS } from "../time.ts";
import { single, type Recipe } from "./recipe.ts";

/** What is done to the trail itself. */
export const TAMPERING: readonly Recipe[] = [
  {
    id: "A9",
    title: "the trail is stopped",
    detectors: ["trail-tampering"],
    missed: null,
    spanMs: MINUTE_MS,
    workload: (estate) => workloadNamed(estate, "poller"),
    steps: ({ estate, timeMs, chance }) => [single(timeMs, () => stopLogging(estate, timeMs, chance))],
  },
];

/** @see https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_StopLogging.html */
function stopLogging({ partition, regions }: Estate, timeMs: number, chance: Dice): TrailRecord {
  const region = regions[0]?.name ?? "us-east-1";
  const role = { arn: `arn:${partition}:iam::${VENDOR_ACCOUNT}:role/platform-deploy`, id: chance.awsId("AROA", 17) };
  const accessKeyId = chance.awsId("ASIA", 16);
  return {
    eventVersion: "1.11",
    userIdentity: identityOf({
      role,
      sessionName: `deploy-${chance.hex(6)}`,
      accessKeyId,
      createdMs: timeMs - MINUTE_MS,
    }),
    eventTime: isoTime(timeMs),
    eventSource: "cloudtrail.amazonaws.com",
    eventName: "StopLogging",
    awsRegion: region,
    sourceIPAddress: regions[0]?.nat.addresses[0],
    userAgent:
      "aws-sdk-go-v2/1.39.2 ua/2.1 os/linux lang/go#1.25.3 md/GOOS#linux md/GOARCH#arm64 api/cloudtrail#1.39.2",
    requestParameters: { name: `arn:${partition}:cloudtrail:${region}:${VENDOR_ACCOUNT}:trail/organization` },
    responseElements: null,
    requestID: chance.uuid(),
    eventID: chance.uuid(),
    readOnly: false,
    eventType: "AwsApiCall",
    managementEvent: true,
    recipientAccountId: VENDOR_ACCOUNT,
    eventCategory: "Management",
  };
}
