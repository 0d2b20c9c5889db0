/** The response-* parameters of GET and HEAD: the signer of a URL says what its reader is told. */
import type { Caller } from "../../service/index.ts";
import { invalidRequest } from "../errors.ts";

export interface ResponseOverrides {
  readonly ResponseCacheControl?: string;
  readonly ResponseContentDisposition?: string;
  readonly ResponseContentEncoding?: string;
  readonly ResponseContentLanguage?: string;
  readonly ResponseContentType?: string;
  readonly ResponseExpires?: Date;
}

/** AWS: for signed requests only. */
export function checkOverrides(input: ResponseOverrides, caller: Caller): void {
  if (caller.kind === "anonymous" && Object.keys(overrideMembers(input)).length > 0) {
    throw invalidRequest(
      "Request specific response headers cannot be used for anonymous GET requests.",
    );
  }
}

export function overrideMembers(input: ResponseOverrides) {
  const expires = input.ResponseExpires?.toUTCString();
  return {
    ...(input.ResponseCacheControl !== undefined && { CacheControl: input.ResponseCacheControl }),
    ...(input.ResponseContentDisposition !== undefined && {
      ContentDisposition: input.ResponseContentDisposition,
    }),
    ...(input.ResponseContentEncoding !== undefined && {
      ContentEncoding: input.ResponseContentEncoding,
    }),
    ...(input.ResponseContentLanguage !== undefined && {
      ContentLanguage: input.ResponseContentLanguage,
    }),
    ...(input.ResponseContentType !== undefined && { ContentType: input.ResponseContentType }),
    ...(expires !== undefined && { Expires: expires }),
  };
}
