import { callBurst } from "./call-burst.ts";
import { deniedProbing } from "./denied-probing.ts";
import { accountClaimedTwice } from "./account-claimed-twice.ts";
import type { Detector } from "./detector.ts";
import { externalIdMismatch } from "./external-id-mismatch.ts";
import { externalIdMissing } from "./external-id-missing.ts";
import { externalIdOffered } from "./external-id-offered.ts";
import { externalIdWeak } from "./external-id-weak.ts";
import { externalIdReused } from "./external-id-reused.ts";
import { humanOperator } from "./human-operator.ts";
import { issuedCredentialsElsewhere } from "./issued-credentials-elsewhere.ts";
import { longSession } from "./long-session.ts";
import { sessionInTwoPlaces } from "./session-in-two-places.ts";
import { sessionPolicyMissing } from "./session-policy-missing.ts";
import { sourceOutsideRanges } from "./source-outside-ranges.ts";
import { tenantSweep } from "./tenant-sweep.ts";
import { trailTampering } from "./trail-tampering.ts";
import { trustPolicyWeakened } from "./trust-policy-weakened.ts";
import { unexpectedCaller } from "./unexpected-caller.ts";
import { unknownTarget } from "./unknown-target.ts";
import { unusualSessionName } from "./unusual-session-name.ts";
import { wrongRegion } from "./wrong-region.ts";

/** Every detector there is. The engine, the documents, `explain` and the tests read this list. */
export const DETECTORS: readonly Detector[] = [
  humanOperator,
  sourceOutsideRanges,
  sessionInTwoPlaces,
  tenantSweep,
  callBurst,
  unusualSessionName,
  externalIdMissing,
  externalIdMismatch,
  externalIdReused,
  unknownTarget,
  deniedProbing,
  unexpectedCaller,
  wrongRegion,
  sessionPolicyMissing,
  longSession,
  issuedCredentialsElsewhere,
  trustPolicyWeakened,
  trailTampering,
  accountClaimedTwice,
  externalIdOffered,
  externalIdWeak,
];
