import { type Route, ServiceError } from "../../wire/index.ts";

const MODE = "x-amz-server-side-encryption";
const KEY = "x-amz-server-side-encryption-aws-kms-key-id";
/** What an object is encrypted with is settled when it is written, or its upload begun. */
const OPERATIONS: ReadonlySet<string> = new Set(["GetObject", "HeadObject", "UploadPart"]);

/** AWS: encryption headers are refused where they could change nothing. Throws InvalidArgument. */
export function refuseMisplacedHeaders(
  { operation }: Route,
  headers: Readonly<Record<string, string>>,
): void {
  if (!OPERATIONS.has(operation)) return;
  const mode = headers[MODE];
  if (mode !== undefined) {
    throw new ServiceError(
      "InvalidArgument",
      400,
      `${MODE} header is not supported for this operation.`,
      { ArgumentName: MODE, ArgumentValue: mode },
    );
  }
  if (headers[KEY] !== undefined) {
    throw new ServiceError(
      "InvalidArgument",
      400,
      `Server Side Encryption with AWS KMS managed key requires HTTP header ${MODE} : aws:kms`,
      { ArgumentName: MODE },
    );
  }
}
