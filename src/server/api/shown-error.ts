import { awsError, type Dialect, SigningError } from "../../sigv4/index.ts";
import { ServiceError, type ServiceName } from "../../wire/index.ts";
import { ExchangeError } from "../exchange-error.ts";

const DIALECTS: Readonly<Record<ServiceName, Dialect>> = {
  s3: "s3",
  kms: "json",
  cloudtrail: "json",
  iam: "query",
  sts: "query",
};

/** What the client is told: errors of the transport and of signatures in the service's own words. */
export function shownError(service: ServiceName, error: unknown): unknown {
  if (error instanceof SigningError) {
    const { code, status, message, members } = awsError(error.failure, DIALECTS[service]);
    return new ServiceError(code, status, message, { ...members });
  }
  if (error instanceof ExchangeError) {
    return new ServiceError(error.code, error.status, error.message);
  }
  return error;
}
