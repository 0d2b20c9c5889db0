export { createDataKeys, type DataKey, type DataKeys } from "./data-keys.ts";
export { destroyDueKeys, type JobContext, rotateDueKeys } from "./jobs.ts";
export { createKmsServices, type KmsServices } from "./operation.ts";
export { kmsOperations } from "./operations/index.ts";
