import type { AnyOperation } from "../service/index.ts";
import { ServiceError } from "../wire/index.ts";

/**
 * The operation, refusing grant tokens: no grant can be made here, so none of them is one that was
 * issued. Ignoring them would let a caller believe in a right that it does not have.
 */
export function refusingGrantTokens(operation: AnyOperation): AnyOperation {
  return {
    ...operation,
    async targets(input, scope) {
      const { GrantTokens } = input as { readonly GrantTokens?: readonly string[] };
      if (GrantTokens && GrantTokens.length > 0) throw invalidGrantToken();
      return operation.targets(input, scope);
    },
  };
}

function invalidGrantToken(): ServiceError {
  return new ServiceError("InvalidGrantTokenException", 400, "The grant token is not valid.");
}
