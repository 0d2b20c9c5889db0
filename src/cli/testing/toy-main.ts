/** The program over a toy deployment: what the tests of whole processes run. */
import { processTerminal, runCommandLine } from "../command-line.ts";
import { openToy } from "./toy-deployment.ts";

const program = { openDeployment: openToy, version: "0.0.0-toy", terminal: processTerminal };
process.exit(await runCommandLine(process.argv.slice(2), program));
