export { processTerminal, runCommandLine } from "./command-line.ts";
export type {
  Deployment,
  DeploymentOptions,
  OpenDeployment,
  RequestService,
  WorkerServices,
} from "./deployment.ts";
export { Refusal } from "./sentences.ts";
