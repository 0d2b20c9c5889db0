import { recordedDate } from "./recorded-date.ts";

/** Temporary credentials in a record: all but the secret. */
export function recordedCredentials(
  credentials:
    | {
        readonly AccessKeyId: string | undefined;
        readonly SessionToken: string | undefined;
        readonly Expiration: Date | undefined;
      }
    | undefined,
): object | undefined {
  if (!credentials) return undefined;
  const { AccessKeyId, SessionToken, Expiration } = credentials;
  return {
    accessKeyId: AccessKeyId,
    sessionToken: SessionToken,
    expiration: recordedDate(Expiration),
  };
}
