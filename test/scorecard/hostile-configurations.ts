import { PAPERS } from "../../examples/vendor/papers.ts";

/** Files by name, as the configuration names them. */
export type Files = Readonly<Record<string, string>>;

/** A configuration that must not be run, and the key that is to be named for it. */
export interface Hostile {
  readonly name: string;
  readonly at: string;
  readonly change: (files: Files) => Files;
}

/** In `deputywatch.yaml`, by what is written there. */
function written(name: string, at: string, from: string, to: string): Hostile {
  return changed(name, at, PAPERS.config, (text) => replaced(text, from, to));
}

function added(name: string, at: string, text: string): Hostile {
  return changed(name, at, PAPERS.config, (before) => before + text);
}

/** In a file that the configuration names. */
function changed(name: string, at: string, file: string, change: (text: string) => string): Hostile {
  return { name, at, change: (files) => ({ ...files, [file]: change(files[file] ?? "") }) };
}

function without(name: string, at: string, file: string): Hostile {
  return { name, at, change: (files) => Object.fromEntries(Object.entries(files).filter(([known]) => known !== file)) };
}

/** Throws where the text has moved on: a change that changes nothing would prove nothing. */
function replaced(text: string, from: string, to: string): string {
  if (!text.includes(from)) throw new Error(`the sample's configuration no longer says ${from}`);
  return text.replace(from, () => to);
}

const office = 'cidrs: ["198.51.100.128/28"]';
const wide = (cidr: string): Hostile =>
  written(`all addresses are the vendor's: ${cidr}`, "ranges[1].cidrs[0]", office, `cidrs: ["${cidr}"]`);

const DAY_MS = 86_400_000;

/** `nowMs`: what the loader takes for now. `tenant`: a customer of the registry. */
export function hostileConfigurations(nowMs: number, tenant: string): readonly Hostile[] {
  const ends = (days: number): string => new Date(nowMs + days * DAY_MS).toISOString();
  const suppression = (name: string, at: string, changes: Readonly<Record<string, string | null>>): Hostile => {
    const keys: Readonly<Record<string, string | null>> = {
      detector: "call-burst",
      where: `{ workload: scanner, tenant: ${tenant} }`,
      ...{ reason: "CHG-39", owner: "soc", until: `"${ends(20)}"` },
      ...changes,
    };
    const written = Object.entries(keys).flatMap(([key, value]) => (value === null ? [] : [`${key}: ${value}`]));
    return added(name, `suppressions[0].${at}`, `suppressions: [{ ${written.join(", ")} }]\n`);
  };
  return [
    added("a key that nobody knows", "allow", "allow: everything\n"),
    written("a misspelt list of ranges", "rangse", "ranges:", "rangse:"),
    written("another version's configuration", "version", "version: 1", "version: 2"),
    written("no version", "version", "version: 1\n", ""),
    written("an account that YAML makes a number of", "vendor.accounts[0]", '"999988887777"', "999988887777"),
    written("a vendor of another account", "outboundRoles[0].arn", '"999988887777"', '"123456789012"'),
    written("one role as two workloads", "outboundRoles[1].arn", "role/integration-poller", "role/integration-scanner"),
    written("a cadence of never", "outboundRoles[0].cadence.perTarget", "perTarget: 1", "perTarget: 0"),
    written("a cadence of no length", "outboundRoles[0].cadence.every", "every: 24h", "every: 0h"),
    written("a session of thirteen hours", "outboundRoles[0].maxDuration", "maxDuration: 1h", "maxDuration: 13h"),
    written("a placeholder that is none", "outboundRoles[0].sessionNames", "scan-{tenant}-*", "{anything}"),
    ...["0.0.0.0/0", "0.0.0.0/1", "128.0.0.0/1", "::/0", "0.0.0.0/7"].map(wide),
    written("a prefix that two parsers read differently", "ranges[1].cidrs[0]", office, 'cidrs: ["10.0.0.0/08"]'),
    written("a list over plain HTTP", "ranges[0].url", "file: ranges.json", "url: http://ranges.example/"),
    written(
      "a list behind a URL that a command line does not fetch",
      "ranges[0].url",
      "file: ranges.json",
      "url: https://ranges.example/",
    ),
    written("one range of two origins", "ranges[1]", office, `${office}, file: ranges.json`),
    written("two ranges of one name", "ranges[1].name", "name: office", "name: published"),
    without("a list that is not there", "ranges[0].file", PAPERS.ranges),
    changed("an error page for a list", "ranges[0].file", PAPERS.ranges, () => "<html>503 Service Unavailable</html>"),
    changed("a list of nothing", "ranges[0].file", PAPERS.ranges, () => '{"prefixes":[]}'),
    changed("a list of everything", "ranges[0].file", PAPERS.ranges, () => '{"prefixes":[{"ip_prefix":"0.0.0.0/0"}]}'),
    without("a registry that is not there", "tenants.file", PAPERS.tenants),
    changed("a registry of nobody", "tenants.file", PAPERS.tenants, () => "\n"),
    changed("a registry that was cut off", "tenants.file", PAPERS.tenants, (text) => text.slice(0, -40)),
    changed(
      "an account of two customers",
      "tenants.file",
      PAPERS.tenants,
      (text) => text + firstLine(text, tenant, "globex"),
    ),
    changed("an external ID in clear", "tenants.file", PAPERS.tenants, (text) =>
      replaced(text, "hmac-sha256:", "sha256:"),
    ),
    changed("a key that is too short", "externalIds.key", PAPERS.key, () => "c2hvcnQ="),
    without("a key that is not there", "externalIds.key", PAPERS.key),
    written("a key from an environment that has none", "externalIds.key", `file:${PAPERS.key}`, "env:NO_SUCH_KEY"),
    added("a detector that nobody knows", "detectors.everything", "detectors: { everything: { enabled: false } }\n"),
    added(
      "people are not watched",
      "detectors.human-operator.enabled",
      "detectors: { human-operator: { enabled: false } }\n",
    ),
    added(
      "the trail is not watched",
      "detectors.trail-tampering.enabled",
      "detectors: { trail-tampering: { enabled: false } }\n",
    ),
    added(
      "a severity that is none",
      "detectors.call-burst.severity",
      "detectors: { call-burst: { severity: none } }\n",
    ),
    added("a topic that is none", "channels.soc.topic", "channels: { soc: { topic: nowhere } }\n"),
    suppression("last year's configuration, with a suppression that has ended", "until", { until: `"${ends(-1)}"` }),
    suppression("a suppression for good", "until", { until: `"${ends(31)}"` }),
    suppression("a suppression until a day that is none", "until", { until: '"2026-02-30"' }),
    suppression("a suppression that nobody answers for", "owner", { owner: null }),
    suppression("a suppression of people", "detector", { detector: "human-operator" }),
    suppression("a suppression of what was done to the trail", "detector", { detector: "trail-tampering" }),
    suppression("a suppression of everything", "where", { where: null }),
    suppression("a suppression of every customer", "where", { where: "{ workload: scanner }" }),
    suppression("a suppression of every caller", "where", { where: `{ tenant: ${tenant}, account: "111122223333" }` }),
    suppression("a suppression by what a caller chooses", "where.sessionName", {
      where: "{ workload: scanner, sessionName: x }",
    }),
    suppression("a suppression of the vendor's own role", "where.roleArn", {
      where: '{ workload: scanner, roleArn: "arn:aws:iam::999988887777:role/integration-scanner" }',
    }),
    suppression("a suppression of a workload that is none", "where.workload", {
      where: `{ workload: "*", tenant: ${tenant} }`,
    }),
  ];
}

/** The registry's first line, for another tenant. */
function firstLine(text: string, tenant: string, other: string): string {
  return `${replaced(text.slice(0, text.indexOf("\n")), tenant, other)}\n`;
}
