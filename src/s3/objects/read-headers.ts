import { ServiceError } from "../../wire/index.ts";

/** The members of a read's input that are about keys of the customer's own. */
export interface CustomerKeyHeaders {
  readonly SSECustomerAlgorithm?: string;
  readonly SSECustomerKey?: string;
  readonly SSECustomerKeyMD5?: string;
}

/** AWS: a key of the customer's own does not fit an object that was not written under one. */
export function refuseCustomerKeyHeaders(headers: CustomerKeyHeaders): void {
  const { SSECustomerAlgorithm, SSECustomerKey, SSECustomerKeyMD5 } = headers;
  if ((SSECustomerAlgorithm ?? SSECustomerKey ?? SSECustomerKeyMD5) === undefined) return;
  throw new ServiceError(
    "InvalidRequest",
    400,
    "The encryption parameters are not applicable to this object.",
  );
}
