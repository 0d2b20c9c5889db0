import { deployment } from "../support/deployment.ts";
import { s3Enforcement } from "./suites/s3-enforcement.ts";
import { s3Sse } from "./suites/s3-sse.ts";

const at = deployment();
s3Sse(at);
s3Enforcement(at);
