/** Amazon S3 User Guide, "General purpose bucket naming rules". */
import { invalidBucketName } from "../errors.ts";

const SHAPE = /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/;
const IPV4 = /^\d+\.\d+\.\d+\.\d+$/;
const RESERVED_PREFIXES = ["xn--", "sthree-", "amzn-s3-demo-"];
const RESERVED_SUFFIXES = ["-s3alias", "--ol-s3", ".mrap", "--x-s3", "--table-s3"];

/** Throws InvalidBucketName. */
export function checkBucketName(name: string): void {
  const allowed =
    SHAPE.test(name) &&
    !name.includes("..") &&
    !IPV4.test(name) &&
    !RESERVED_PREFIXES.some((prefix) => name.startsWith(prefix)) &&
    !RESERVED_SUFFIXES.some((suffix) => name.endsWith(suffix));
  if (!allowed) throw invalidBucketName(name);
}
