export { type TrailServices } from "./operation.ts";
export { trailOperations } from "./operations/index.ts";
export { createRecorder } from "./recorder.ts";
