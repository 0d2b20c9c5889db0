import type { Log } from "../base/index.ts";
import type { Config } from "./config.ts";
import type { DeploymentOptions } from "./deployment.ts";
import { AWS_REGIONS } from "./regions.ts";

/** What of the configuration concerns the deployment, for one process. */
export function deploymentOptions(
  config: Config,
  process: { role: DeploymentOptions["role"]; fresh: boolean; log: Log },
): DeploymentOptions {
  const { dataFolder, rootKeyFile, account, region, domains, rootCredentials } = config;
  return {
    ...process,
    dataFolder,
    rootKeyFile,
    account,
    region,
    regions: AWS_REGIONS,
    domains,
    rootCredentials: process.role === "primary" ? rootCredentials : undefined,
  };
}
