import { ACME, crowd, exampleVendor, GLOBEX, promisedNames, SCANNER_ARN } from "../../src/detectors/example.ts";
import type { Vendor } from "../../src/outbound/vendor.ts";
import { withoutPath } from "../../src/trail/arn.ts";
import { EXTERNAL_ID, hash, SCANNER } from "../trail/sample-record.ts";

const PROMISING = exampleVendor(
  {
    arn: SCANNER,
    regions: ["eu-west-1"],
    sessionNames: promisedNames("scan-*"),
    sessionPolicy: "required",
    maxDurationSeconds: 3_600,
  },
  [{ ...ACME, externalId: hash.externalId(EXTERNAL_ID) }, GLOBEX, ...crowd(8)],
);

/** The vendor whose role the sample record's caller is, and whose customer its target. */
export const RECORDS_VENDOR: Vendor = {
  ...PROMISING,
  outboundRoles: new Map([[withoutPath(SCANNER), PROMISING.outboundRoles.get(SCANNER_ARN)!]]),
};
