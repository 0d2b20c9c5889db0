/** What the list operations share of their input: checked, and as the conditions of a decision. */
import { encodeListedKey } from "../../wire/index.ts";
import { invalidArgument } from "../errors.ts";
import { LIST_OBJECTS_MAX } from "../limits.ts";
import { checkKey } from "../objects/metadata.ts";
import type { Conditions } from "../target.ts";

export interface ListingInput {
  readonly Prefix?: string;
  readonly Delimiter?: string;
  readonly MaxKeys?: number;
  readonly EncodingType?: string;
}

export interface ListingQuery {
  readonly prefix: string;
  readonly delimiter: string | undefined;
  readonly limit: number;
  /** As the reply writes names: URL-encoded or as they are. */
  readonly shown: (name: string) => string;
}

/** Throws InvalidArgument, and KeyTooLongError for what no name can begin with. */
export function listingQuery({
  Prefix = "",
  Delimiter,
  MaxKeys = LIST_OBJECTS_MAX,
  EncodingType,
}: ListingInput): ListingQuery {
  if (EncodingType !== undefined && EncodingType !== "url") {
    throw invalidArgument(
      "Invalid Encoding Method specified in Request",
      "encoding-type",
      EncodingType,
    );
  }
  if (MaxKeys < 0) {
    throw invalidArgument(
      "Argument maxKeys must be an integer between 0 and 2147483647",
      "maxKeys",
      String(MaxKeys),
    );
  }
  checkKey(Prefix);
  return {
    prefix: Prefix,
    // AWS: an empty delimiter is as none.
    delimiter: Delimiter === "" ? undefined : Delimiter,
    limit: Math.min(MaxKeys, LIST_OBJECTS_MAX),
    shown: EncodingType === "url" ? encodeListedKey : (name) => name,
  };
}

/** As the request sent them: what it did not say is absent. */
export function listingConditions({ Prefix, Delimiter, MaxKeys }: ListingInput): Conditions {
  return [
    ["s3:prefix", Prefix],
    ["s3:delimiter", Delimiter],
    ["s3:max-keys", MaxKeys === undefined ? undefined : String(MaxKeys)],
  ];
}

/** What CloudTrail's record shows of a listing's parameters. */
export function listingParameters({
  Prefix,
  Delimiter,
  MaxKeys,
  EncodingType,
}: ListingInput): object {
  return {
    ...(Prefix !== undefined && { prefix: Prefix }),
    ...(Delimiter !== undefined && { delimiter: Delimiter }),
    ...(MaxKeys !== undefined && { "max-keys": String(MaxKeys) }),
    ...(EncodingType !== undefined && { "encoding-type": EncodingType }),
  };
}
