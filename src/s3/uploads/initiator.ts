/** Who an upload is shown to belong to: Amazon S3 API Reference, ListParts. */
import type { UploadRecord } from "../../records/index.ts";
import { canonicalUserId } from "../owner.ts";

/** AWS: a user or a role by its ARN, an account by its canonical id. */
export function ownership({ ownerId, initiatorArn }: UploadRecord) {
  return { Owner: { ID: canonicalUserId(ownerId) }, Initiator: initiatorOf(initiatorArn) };
}

function initiatorOf(arn: string) {
  const [, , , , account = "", resource = ""] = arn.split(":");
  if (arn === "") return { ID: "anonymous" };
  if (resource === "root") return { ID: canonicalUserId(account) };
  return { ID: arn, DisplayName: resource.split("/").at(-1) ?? resource };
}
