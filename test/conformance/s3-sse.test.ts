import { deployment } from "../support/deployment.ts";
import { s3Enforcement } from "./suites/s3-enforcement.ts";
import { s3SseAuthorisation } from "./suites/s3-sse-authorisation.ts";
import { s3SseCopies } from "./suites/s3-sse-copies.ts";
import { s3SseRefusals } from "./suites/s3-sse-refusals.ts";
import { s3SseResolution } from "./suites/s3-sse-resolution.ts";
import { s3Sse } from "./suites/s3-sse.ts";

const at = deployment();
s3Sse(at);
s3SseResolution(at);
s3SseRefusals(at);
s3SseAuthorisation(at);
s3SseCopies(at);
s3Enforcement(at);
