export { createDataKeys, type DataKey, type DataKeys, type KeyLife } from "./data-keys.ts";
export { createKmsServices, type KmsServices } from "./operation.ts";
export { kmsOperations } from "./operations/index.ts";
