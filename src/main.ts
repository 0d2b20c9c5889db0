/** The program: the command line over a deployment. */
import manifest from "../package.json" with { type: "json" };
import { type OpenDeployment, Refusal, runCommandLine } from "./cli/index.ts";

const openDeployment: OpenDeployment = () =>
  Promise.reject(new Refusal("this build has the transport only, and no store to open yet"));

const program = { openDeployment, version: manifest.version };
process.exit(await runCommandLine(process.argv.slice(2), program));
