export { processTerminal, type Program, runCommandLine, type Terminal } from "./command-line.ts";
export type { GivenRootCredentials } from "./config.ts";
export type {
  Deployment,
  DeploymentOptions,
  OpenDeployment,
  Reader,
  ReaderReport,
  RequestService,
  RootCredentials,
  WorkerServices,
} from "./deployment.ts";
export { Refusal } from "./sentences.ts";
