import type { Envelope } from "./envelope.ts";
import { skip } from "./opened.ts";

/**
 * A digest file lists and hashes log files; it holds no record itself.
 * @see https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-log-file-validation-digest-file-structure.html
 */
export const digestFile: Envelope = (value, into) => {
  const isDigest = value.digestS3Object !== undefined || (value.digestStartTime !== undefined && "logFiles" in value);
  if (isDigest) skip(into, "digest file");
  return isDigest;
};
