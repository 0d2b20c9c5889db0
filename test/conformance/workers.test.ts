/** The walk-through again with three workers, and many callers over all of them. */
import { deployment } from "../support/deployment.ts";
import { concurrency } from "./suites/concurrency.ts";
import { walkthrough } from "./suites/walkthrough.ts";

const workers = 3;
const at = deployment({ workers });
walkthrough(at, { workers });
concurrency(at);
