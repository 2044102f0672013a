/** The release of MITRE ATT&CK that the detectors' technique ids are taken from. @see https://attack.mitre.org/versions/v17/ */
export const ATTACK_VERSION = "17.1";

/** Where a technique (`T1199`) or sub-technique (`T1078.004`) is explained, as of `ATTACK_VERSION`: later releases renumber. */
export function attackUrl(technique: string): string {
  const [release] = ATTACK_VERSION.split(".");
  return `https://attack.mitre.org/versions/v${release ?? ATTACK_VERSION}/techniques/${technique.replace(".", "/")}/`;
}
