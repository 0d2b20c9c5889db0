/** What the operations of IAM and STS may touch. */
import type { Principals } from "../service/index.ts";
import { createPrincipals } from "./principals.ts";

export interface IamServices {
  readonly principals: Principals;
}

export function createIamServices(): IamServices {
  return { principals: createPrincipals() };
}
