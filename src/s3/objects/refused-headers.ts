import { ServiceError } from "../../wire/index.ts";
import { headerNotImplemented } from "../errors.ts";

/** The members of a write's input that ask for what is not built, or not allowed. */
export interface RefusableInput {
  readonly ACL?: string;
  readonly GrantFullControl?: string;
  readonly GrantRead?: string;
  readonly GrantReadACP?: string;
  readonly GrantWriteACP?: string;
  readonly Tagging?: string;
  readonly ObjectLockMode?: string;
  readonly ObjectLockRetainUntilDate?: Date;
  readonly ObjectLockLegalHoldStatus?: string;
  readonly StorageClass?: string;
  readonly WriteOffsetBytes?: number;
}

/** AWS: with "bucket owner enforced", the setting of every bucket here, these two say nothing new. */
const ACLS_WITHOUT_EFFECT = new Set(["private", "bucket-owner-full-control"]);
const STORAGE_CLASSES = new Set(["STANDARD"]);

/** Throws by AWS's error's name for each. */
export function refuseHeaders(input: RefusableInput): void {
  const grants = [input.GrantFullControl, input.GrantRead, input.GrantReadACP, input.GrantWriteACP];
  const acl = input.ACL !== undefined && !ACLS_WITHOUT_EFFECT.has(input.ACL);
  if (acl || grants.some((grant) => grant !== undefined)) {
    throw new ServiceError("AccessControlListNotSupported", 400, "The bucket does not allow ACLs");
  }
  if (input.Tagging !== undefined) throw headerNotImplemented("x-amz-tagging");
  if (input.WriteOffsetBytes !== undefined) throw headerNotImplemented("x-amz-write-offset-bytes");
  if (input.ObjectLockMode !== undefined) throw headerNotImplemented("x-amz-object-lock-mode");
  if (input.ObjectLockRetainUntilDate !== undefined) {
    throw headerNotImplemented("x-amz-object-lock-retain-until-date");
  }
  if (input.ObjectLockLegalHoldStatus !== undefined) {
    throw headerNotImplemented("x-amz-object-lock-legal-hold");
  }
  const { StorageClass = "STANDARD" } = input;
  if (!STORAGE_CLASSES.has(StorageClass)) {
    throw new ServiceError(
      "InvalidStorageClass",
      400,
      "The storage class you specified is not valid",
      { StorageClassRequested: StorageClass },
    );
  }
}
