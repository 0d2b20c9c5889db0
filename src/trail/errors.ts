/** CloudTrail's errors, each with its code and status: AWS CloudTrail API Reference. */
import { ServiceError } from "../wire/index.ts";

export const invalidLookupAttributes = (message: string) =>
  new ServiceError("InvalidLookupAttributesException", 400, message);

export const invalidTimeRange = () =>
  new ServiceError(
    "InvalidTimeRangeException",
    400,
    "The start time must be before the end time of the time range.",
  );

export const invalidMaxResults = () =>
  new ServiceError("InvalidMaxResultsException", 400, "MaxResults must be between 1 and 50.");

export const invalidNextToken = () =>
  new ServiceError(
    "InvalidNextTokenException",
    400,
    "The NextToken is not valid, or the request differs from the one that returned it.",
  );

export const invalidEventCategory = () =>
  new ServiceError(
    "InvalidEventCategoryException",
    400,
    "The event category is not valid: leave it out for management events.",
  );
