/** Where a new bucket comes to live: its LocationConstraint, by the endpoint that it is sent to. */
import type { BucketRecord } from "../../records/index.ts";
import { ServiceError } from "../../wire/index.ts";

const HOME = "us-east-1";

/**
 * Throws InvalidLocationConstraint at the endpoint of us-east-1, which makes buckets in every other
 * region, and IllegalLocationConstraintException elsewhere, where the constraint must be the
 * endpoint's own.
 */
export function bucketLocation(
  constraint: string | undefined,
  endpoint: string,
  regions: readonly string[],
): Pick<BucketRecord, "region" | "location"> {
  const asked = constraint === "" ? undefined : constraint;
  if (asked === "EU" && (endpoint === HOME || endpoint === "eu-west-1")) {
    return { region: "eu-west-1", location: "EU" };
  }
  if (endpoint === HOME) {
    if (asked === undefined) return { region: HOME };
    if (asked === HOME || !regions.includes(asked)) throw invalidLocation(asked);
    return { region: asked };
  }
  if (asked !== endpoint) throw illegalLocation(asked ?? "unspecified");
  return { region: endpoint };
}

/** AWS: buckets of us-east-1 have no LocationConstraint. */
export function locationConstraint({ region, location }: BucketRecord): string | undefined {
  return location ?? (region === HOME ? undefined : region);
}

/** AWS: where a bucket is created again as if it were for the first time. */
export function createsAgain(endpoint: string, { region }: { readonly region: string }): boolean {
  return endpoint === HOME && region === HOME;
}

function invalidLocation(constraint: string): ServiceError {
  return new ServiceError(
    "InvalidLocationConstraint",
    400,
    "The specified location-constraint is not valid",
    { LocationConstraint: constraint },
  );
}

function illegalLocation(constraint: string): ServiceError {
  return new ServiceError(
    "IllegalLocationConstraintException",
    400,
    `The ${constraint} location constraint is incompatible for the region specific endpoint this request was sent to.`,
  );
}
