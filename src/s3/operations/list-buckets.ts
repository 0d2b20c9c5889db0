import { accountBucketSpace, decodeKey, type RecordStore, successor } from "../../records/index.ts";
import { accountOf, operation } from "../../service/index.ts";
import type { Input } from "../../wire/index.ts";
import { accessDenied, invalidArgument } from "../errors.ts";
import { BUCKET_NAME_CHARS_MAX, LIST_BUCKETS_MAX } from "../limits.ts";
import { decodePageToken, encodePageToken } from "../listing/page-token.ts";
import type { S3Services } from "../operation.ts";
import { canonicalUserId } from "../owner.ts";
import { accountTarget, bucketArn } from "../target.ts";

type ListInput = Input<"s3", "ListBuckets">;

interface Listed {
  readonly name: string;
  readonly region: string;
  readonly createdAt: number;
}

/** The account's own buckets, by name. */
export const listBuckets = ({ regions }: Pick<S3Services, "regions">) =>
  operation<"s3", "ListBuckets">({
    service: "s3",
    name: "ListBuckets",
    event: { category: "management", readOnly: true },
    details: { request: parametersOf },

    // AWS: matched by a policy's "*" and by its "arn:aws:s3:::*".
    targets: async (_input, scope) => [
      accountTarget("s3:ListAllMyBuckets", "arn:aws:s3:::*", scope),
    ],

    async handle(input, _targets, scope) {
      const accountId = accountOf(scope.caller);
      if (accountId === undefined) throw accessDenied();
      const { Prefix, BucketRegion, MaxBuckets = LIST_BUCKETS_MAX } = input;
      checkLimit(MaxBuckets);
      if (BucketRegion !== undefined) checkRegion(BucketRegion, regions);
      const after = startOf(input);
      const found: Listed[] = [];
      for await (const bucket of bucketsOf(
        accountId,
        { prefix: Prefix ?? "", after },
        scope.store,
      )) {
        if (BucketRegion !== undefined && bucket.region !== BucketRegion) continue;
        found.push(bucket);
        if (found.length > MaxBuckets) break;
      }
      const page = found.slice(0, MaxBuckets);
      const regional = showsRegions(input);
      const last = found.length > MaxBuckets ? page.at(-1) : undefined;
      return {
        output: {
          Buckets: page.map(({ name, region, createdAt }) => ({
            Name: name,
            CreationDate: new Date(createdAt - (createdAt % 1000)),
            BucketRegion: regional ? region : undefined,
            BucketArn: bucketArn(name),
          })),
          Owner: { ID: canonicalUserId(accountId) },
          ...(Prefix !== undefined && { Prefix }),
          ...(last && { ContinuationToken: encodePageToken(last.name) }),
        },
      };
    },
  });

async function* bucketsOf(
  accountId: string,
  { prefix, after }: { readonly prefix: string; readonly after: string | undefined },
  store: RecordStore,
): AsyncGenerator<Listed> {
  if (prefix.length > BUCKET_NAME_CHARS_MAX) return;
  const { gte, lt } = accountBucketSpace.withTextPrefix([accountId], prefix);
  const from = after === undefined ? gte : successor(accountBucketSpace.key(accountId, after));
  const range = { gte: Buffer.compare(from, gte) > 0 ? from : gte, lt };
  if (Buffer.compare(range.gte, lt) >= 0) return;
  for await (const { key, value } of store.all(accountBucketSpace, range)) {
    yield { name: decodeKey(key)[2] as string, ...value };
  }
}

/** AWS: an empty token is the start. */
function startOf({ ContinuationToken }: ListInput): string | undefined {
  if (ContinuationToken === undefined || ContinuationToken === "") return undefined;
  const name = decodePageToken(ContinuationToken);
  if (name !== undefined && name.length <= BUCKET_NAME_CHARS_MAX) return name;
  throw invalidArgument(
    "The continuation token provided is incorrect",
    "continuation-token",
    ContinuationToken,
  );
}

function checkLimit(maxBuckets: number): void {
  if (maxBuckets >= 1 && maxBuckets <= LIST_BUCKETS_MAX) return;
  throw invalidArgument(
    `Argument max-buckets must be an integer between 1 and ${LIST_BUCKETS_MAX}`,
    "max-buckets",
    String(maxBuckets),
  );
}

function checkRegion(region: string, regions: readonly string[]): void {
  if (regions.includes(region)) return;
  throw invalidArgument(
    `Argument value ${region} is not a valid AWS Region`,
    "bucket-region",
    region,
  );
}

/** AWS: regions are shown to whoever asks by pages or by region. */
function showsRegions({ MaxBuckets, BucketRegion, ContinuationToken, Prefix }: ListInput): boolean {
  return [MaxBuckets, BucketRegion, ContinuationToken, Prefix].some((asked) => asked !== undefined);
}

function parametersOf({ Prefix, BucketRegion, MaxBuckets }: ListInput): object {
  return {
    ...(Prefix !== undefined && { prefix: Prefix }),
    ...(BucketRegion !== undefined && { "bucket-region": BucketRegion }),
    ...(MaxBuckets !== undefined && { "max-buckets": String(MaxBuckets) }),
  };
}
