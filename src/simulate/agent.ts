import type { Dice } from "./dice.ts";
import { happens } from "./distributions.ts";
import type { Build } from "./naming.ts";

/** The user agents of a workload over time. */
export interface Agent {
  /** `deployment` counts from 0: an upgrade of the SDK comes with one. */
  readonly at: (deployment: number, build: Build) => string;
}

/**
 * A workload's SDK as it names itself; some builds add their own name.
 * @see https://docs.aws.amazon.com/sdkref/latest/guide/feature-appid.html
 */
export function agentOf(prefix: string, isFunction: boolean, deployments: number, chance: Dice): Agent {
  const family = chance.pick(["boto3", "go", "js", "java"] as const);
  const where = isFunction
    ? `exec-env/AWS_Lambda_${{ boto3: "python3.13", go: "provided.al2023", js: "nodejs24.x", java: "java21" }[family]}`
    : chance.pick(["exec-env/AWS_ECS_FARGATE", "md/kernel#6.1", "cfg/retry-mode#standard"]);
  const tellsBuild = happens(chance, 0.5);
  const start = 10 + chance.below(60);
  let upgrades = 0;
  const upgradesBy = Array.from(
    { length: deployments },
    (_, at) => (upgrades += at > 0 && chance.below(6) === 0 ? 1 : 0),
  );
  return {
    at: (deployment, build) => {
      const minor = start + 3 * (upgradesBy[deployment] ?? 0);
      const app = tellsBuild ? ` app/${prefix}-${build.hash}` : "";
      switch (family) {
        case "boto3":
          return `Boto3/1.42.${minor} md/Botocore#1.42.${minor} ua/2.1 os/linux#6.1.158 md/arch#aarch64 lang/python#3.13.7 md/pyimpl#CPython ${where} Botocore/1.42.${minor}${app}`;
        case "go":
          return `aws-sdk-go-v2/1.${minor}.2 ua/2.1 os/linux lang/go#1.25.3 md/GOOS#linux md/GOARCH#arm64 ${where} api/sts#1.${minor}.2${app}`;
        case "js":
          return `aws-sdk-js/3.11${minor}.0 ua/2.1 os/linux#6.1.158 lang/js md/nodejs#24.11.0 api/sts#3.11${minor}.0 ${where}${app}`;
        case "java":
          return `aws-sdk-java/2.41.${minor} md/io#async md/http#NettyNio ua/2.1 os/Linux#6.1.158 lang/java#21.0.8 ${where}${app}`;
      }
    },
  };
}

/** A person's command line on a laptop, and on a server that a person has a shell on. */
export const COMMAND_LINE = {
  laptop:
    "aws-cli/2.31.30 md/awscrt#0.28.4 ua/2.1 os/macos#25.1.0 md/arch#arm64 lang/python#3.13.9 md/pyimpl#CPython cfg/retry-mode#standard md/installer#exe md/prompt#off md/command#sts.assume-role",
  server:
    "aws-cli/2.31.30 md/awscrt#0.28.4 ua/2.1 os/linux#6.1.158 md/arch#aarch64 lang/python#3.13.9 md/pyimpl#CPython cfg/retry-mode#standard md/distrib#amzn.2023 md/prompt#off md/command#sts.assume-role",
} as const;
