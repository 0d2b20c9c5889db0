/** What all cryptographic operations have in common. */
import type { EncryptionContext } from "../crypto/index.ts";
import { type Conditions, contextConditions } from "./conditions.ts";
import { validation, wouldHaveSucceeded } from "./errors.ts";
import { readContext } from "./encryption-context.ts";

export const SYMMETRIC = "SYMMETRIC_DEFAULT";

/** The condition keys of a use of a symmetric key. Throws for a context that is none. */
export function useConditions(
  context: EncryptionContext | undefined,
  algorithm: string = SYMMETRIC,
): Conditions {
  return [["kms:encryptionalgorithm", algorithm], ...contextConditions(readContext(context))];
}

/** Attested enclaves are not built: nothing is answered to one in clear by mistake. */
export function refuseRecipient({ Recipient }: { readonly Recipient?: object | undefined }): void {
  if (Recipient !== undefined) {
    throw validation("The Recipient parameter is not supported: there are no attested enclaves.");
  }
}

/** Last of all checks. Throws DryRunOperationException where that was asked for. */
export function endDryRun({ DryRun }: { readonly DryRun?: boolean | undefined }): void {
  if (DryRun === true) throw wouldHaveSucceeded();
}
