/** What a copy takes over from its source, and when it may be made onto itself. */
import {
  bucketEncryptionSpace,
  type ObjectRecord,
  type Pairs,
  type SystemMetadata,
} from "../../records/index.ts";
import type { Scope } from "../../service/index.ts";
import type { Input } from "../../wire/index.ts";
import type { EncryptionChoice } from "../encryption/choice.ts";
import { invalidArgument, invalidRequest } from "../errors.ts";
import { refuseHeaders } from "../objects/refused-headers.ts";
import { systemMetadata, userMetadata } from "../objects/metadata.ts";
import type { SourceTarget } from "./source.ts";
import type { BucketTarget } from "../target.ts";

type CopyInput = Input<"s3", "CopyObject">;

/** Throws for directives that are none, and for headers that are not built. */
export function checkDirectives(input: CopyInput): void {
  checkDirective("metadata", input.MetadataDirective);
  checkDirective("tagging", input.TaggingDirective);
  const { Tagging, ...others } = input;
  // AWS: tags are read under REPLACE only.
  const tags = input.TaggingDirective === "REPLACE" && Tagging !== undefined && Tagging !== "";
  refuseHeaders(tags ? input : others);
}

function checkDirective(of: "metadata" | "tagging", value: string | undefined): void {
  if (value === undefined || value === "COPY" || value === "REPLACE") return;
  throw invalidArgument(`Unknown ${of} directive.`, `x-amz-${of}-directive`, value);
}

/** AWS: where a website redirects to is never taken over. */
export function copiedMetadata(
  input: CopyInput,
  { system, metadata }: ObjectRecord,
): { readonly system: SystemMetadata; readonly metadata: Pairs } {
  if (input.MetadataDirective === "REPLACE") {
    return { system: systemMetadata(input), metadata: userMetadata(input) };
  }
  const { websiteRedirect: _, ...kept } = system;
  const { WebsiteRedirectLocation: websiteRedirect } = input;
  return {
    system: { ...kept, ...(websiteRedirect !== undefined && { websiteRedirect }) },
    metadata,
  };
}

/** AWS: onto itself a copy has to change something, or the bucket to have an encryption rule. */
export async function checkOntoItself(
  input: CopyInput,
  { bucket }: BucketTarget,
  { target, object }: { readonly target: SourceTarget; readonly object: ObjectRecord },
  choice: EncryptionChoice,
  { view }: Scope,
): Promise<void> {
  if (target.bucket.id !== bucket.id || target.source.key !== input.Key) return;
  const changes =
    input.MetadataDirective === "REPLACE" ||
    input.StorageClass !== undefined ||
    input.ServerSideEncryption !== undefined ||
    input.WebsiteRedirectLocation !== undefined ||
    choice.mode !== object.encryption.mode;
  if (changes || (await view.get(bucketEncryptionSpace, bucket.id))) return;
  throw invalidRequest(
    "This copy request is illegal because it is trying to copy an object to itself without changing the object's metadata, storage class, website redirect location or encryption attributes.",
  );
}
