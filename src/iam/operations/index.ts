import type { AnyOperation } from "../../service/index.ts";
import type { IamServices } from "../operation.ts";
import { getCallerIdentity } from "./get-caller-identity.ts";

/** Every operation of IAM and STS that is built. */
export function iamOperations(_services: IamServices): readonly AnyOperation[] {
  return [getCallerIdentity] as readonly AnyOperation[];
}
