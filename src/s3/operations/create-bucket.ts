import { randomId } from "../../crypto/index.ts";
import {
  accountBucketSpace,
  type BucketNameRecord,
  bucketNameSpace,
  type BucketRecord,
  bucketSpace,
  Change,
  type RecordStore,
} from "../../records/index.ts";
import { accountOf, operation } from "../../service/index.ts";
import { type Input, type Output, ServiceError } from "../../wire/index.ts";
import { bucketEvent } from "../buckets/bucket-event.ts";
import { checkBucketName } from "../buckets/bucket-name.ts";
import { bucketLocation, createsAgain } from "../buckets/location.ts";
import {
  accessDenied,
  bucketAlreadyExists,
  bucketAlreadyOwnedByYou,
  headerNotImplemented,
  invalidArgument,
  notImplemented,
  tooManyBuckets,
} from "../errors.ts";
import { BUCKETS_PER_ACCOUNT_MAX } from "../limits.ts";
import type { S3Services } from "../operation.ts";
import { accountTarget, bucketArn } from "../target.ts";

type CreateInput = Input<"s3", "CreateBucket">;

const XMLNS = "http://s3.amazonaws.com/doc/2006-03-01/";

/** AWS: the canned ACL that says what is so without it. */
const ACL_WITHOUT_EFFECT = "private";

/** Makes a bucket: owner-enforced ACLs, public access blocked, SSE-S3, no customer-provided keys. */
export const createBucket = ({ regions }: Pick<S3Services, "regions">) =>
  operation<"s3", "CreateBucket">({
    service: "s3",
    name: "CreateBucket",
    event: { category: "management", readOnly: false },
    details: bucketEvent<CreateInput>(undefined, eventMembers),

    async targets(input, scope) {
      const arn = bucketArn(input.Bucket);
      const conditions = [
        ["s3:locationconstraint", input.CreateBucketConfiguration?.LocationConstraint],
        ["s3:x-amz-acl", input.ACL],
        ["s3:x-amz-object-ownership", input.ObjectOwnership],
        ["s3:x-amz-bucket-namespace", input.BucketNamespace],
      ] as const;
      const target = (action: string) => accountTarget(action, arn, scope, conditions);
      return [
        target("s3:CreateBucket"),
        ...(setsAcl(input) ? [target("s3:PutBucketAcl")] : []),
        ...(input.ObjectOwnership !== undefined ? [target("s3:PutBucketOwnershipControls")] : []),
      ];
    },

    async handle(input, _targets, scope) {
      const { Bucket: name } = input;
      const accountId = accountOf(scope.caller);
      if (accountId === undefined) throw accessDenied();
      checkBucketName(name);
      refuseUnbuilt(input);
      const endpoint = scope.request.region;
      const constraint = input.CreateBucketConfiguration?.LocationConstraint;
      const place = bucketLocation(constraint, endpoint, regions);
      const output = outputOf(name, constraint);
      const existing = await scope.view.get(bucketNameSpace, name);
      if (existing) {
        checkAgain(name, existing.value, { accountId, endpoint });
        return { output };
      }
      if (await hasAllBuckets(accountId, scope.store)) throw tooManyBuckets();
      const bucket: BucketRecord = {
        id: randomId(16),
        name,
        accountId,
        ...place,
        createdAt: scope.clock.now().getTime(),
        state: "active",
        versioning: "off",
        objectLock: false,
      };
      return { output, change: creation(bucket) };
    },
  });

function outputOf(name: string, constraint: string | undefined): Output<"s3", "CreateBucket"> {
  const named = constraint !== undefined && constraint !== "";
  return {
    Location: named ? `http://${name}.s3.amazonaws.com/` : `/${name}`,
    BucketArn: bucketArn(name),
  };
}

/** Throws unless AWS answers as if the bucket were made now. */
function checkAgain(
  name: string,
  existing: BucketNameRecord,
  asker: { readonly accountId: string; readonly endpoint: string },
): void {
  if (existing.accountId !== asker.accountId) throw bucketAlreadyExists(name);
  if (!createsAgain(asker.endpoint, existing)) throw bucketAlreadyOwnedByYou(name);
}

function creation(bucket: BucketRecord): Change {
  const { id, name, accountId, region, createdAt } = bucket;
  return new Change()
    .put(bucketNameSpace, [name], { bucketId: id, accountId, region })
    .put(bucketSpace, [id], bucket)
    .put(accountBucketSpace, [accountId, name], { bucketId: id, region, createdAt });
}

/** Counted by pages: an account near its limit pays for it, others read one page. */
async function hasAllBuckets(accountId: string, store: RecordStore): Promise<boolean> {
  let count = 0;
  for await (const _ of store.all(accountBucketSpace, accountBucketSpace.under(accountId))) {
    count += 1;
    if (count >= BUCKETS_PER_ACCOUNT_MAX) return true;
  }
  return false;
}

function setsAcl(input: CreateInput): boolean {
  return input.ACL !== undefined || grantsOf(input).length > 0;
}

function grantsOf(input: CreateInput): string[] {
  const { GrantFullControl, GrantRead, GrantReadACP, GrantWrite, GrantWriteACP } = input;
  return [GrantFullControl, GrantRead, GrantReadACP, GrantWrite, GrantWriteACP].filter(
    (grant) => grant !== undefined,
  );
}

function refuseUnbuilt(input: CreateInput): void {
  refuseOwnership(input.ObjectOwnership);
  const acl = input.ACL !== undefined && input.ACL !== ACL_WITHOUT_EFFECT;
  if (acl || grantsOf(input).length > 0) {
    throw new ServiceError(
      "InvalidBucketAclWithObjectOwnership",
      400,
      "Bucket cannot have ACLs set with ObjectOwnership's BucketOwnerEnforced setting",
    );
  }
  if (input.ObjectLockEnabledForBucket === true) {
    throw headerNotImplemented("x-amz-bucket-object-lock-enabled");
  }
  if (input.BucketNamespace !== undefined && input.BucketNamespace !== "global") {
    throw headerNotImplemented("x-amz-bucket-namespace");
  }
  const { Tags = [], Location, Bucket } = input.CreateBucketConfiguration ?? {};
  if (Tags.length > 0) throw notImplemented("Tags of buckets are not implemented.");
  if (Location !== undefined || Bucket !== undefined) {
    throw notImplemented("Directory buckets are not implemented.");
  }
}

function refuseOwnership(ownership: string | undefined): void {
  switch (ownership) {
    case undefined:
    case "BucketOwnerEnforced":
      return;
    case "BucketOwnerPreferred":
    case "ObjectWriter":
      throw headerNotImplemented("x-amz-object-ownership");
    default:
      throw invalidArgument(
        `Invalid x-amz-object-ownership header: ${ownership}`,
        "x-amz-object-ownership",
        ownership,
      );
  }
}

function eventMembers({ CreateBucketConfiguration, ACL, ObjectOwnership }: CreateInput): object {
  const constraint = CreateBucketConfiguration?.LocationConstraint;
  return {
    ...(constraint !== undefined && {
      CreateBucketConfiguration: { LocationConstraint: constraint, xmlns: XMLNS },
    }),
    ...(ACL !== undefined && { "x-amz-acl": ACL }),
    ...(ObjectOwnership !== undefined && { "x-amz-object-ownership": ObjectOwnership }),
  };
}
