import { deployment } from "../support/deployment.ts";
import { defaultWorkers } from "../support/server.ts";
import { concurrency } from "./suites/concurrency.ts";
import { walkthrough } from "./suites/walkthrough.ts";
import { walkthroughPrograms } from "./suites/walkthrough-programs.ts";

const at = deployment();
walkthrough(at, { workers: defaultWorkers() });
walkthroughPrograms(at);
concurrency(at);
