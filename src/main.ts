/** The program: the command line over a deployment. */
import manifest from "../package.json" with { type: "json" };
import { openDeployment } from "./assembly/index.ts";
import { processTerminal, runCommandLine } from "./cli/index.ts";

const program = { openDeployment, version: manifest.version, terminal: processTerminal };
process.exit(await runCommandLine(process.argv.slice(2), program));
