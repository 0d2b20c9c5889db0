export { openDeployment } from "./open-deployment.ts";
