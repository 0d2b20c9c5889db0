/** IAM's and STS's errors, each with its code and status: AWS IAM and STS API References. */
import { ServiceError } from "../wire/index.ts";

export const accessDenied = (message: string) => new ServiceError("AccessDenied", 403, message);
