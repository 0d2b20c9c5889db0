export {
  AccountError,
  createAccount,
  ensureAccount,
  type FoundingTools,
  type GivenCredentials,
  type RootCredentials,
  rootCredentials,
} from "./accounts.ts";
export { createCredentials } from "./credentials.ts";
export { createIamServices, type IamServices } from "./operation.ts";
export { iamOperations } from "./operations/index.ts";
export { createPrincipals } from "./principals.ts";
