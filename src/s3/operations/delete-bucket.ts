import {
  accountBucketSpace,
  bucketEncryptionSpace,
  bucketNameSpace,
  bucketPolicySpace,
  type BucketRecord,
  bucketSpace,
  Change,
  ConfigurationCache,
  type Found,
  View,
} from "../../records/index.ts";
import { operation, type Scope } from "../../service/index.ts";
import { findBucket } from "../bucket.ts";
import { isEmpty } from "../buckets/bucket-contents.ts";
import { bucketEvent } from "../buckets/bucket-event.ts";
import { bucketNotEmpty, noSuchBucket } from "../errors.ts";
import { bucketTarget, type BucketTarget } from "../target.ts";

/**
 * Deletes an empty bucket, in two commits. The first marks it, after which every commit that puts
 * something into it also takes the mark away (`keepBucket`); then it is looked whether it is empty;
 * the second takes the bucket and all its records away if the mark still stands. A crash between
 * the two leaves a bucket that works as before.
 */
export const deleteBucket = operation<"s3", "DeleteBucket", BucketTarget>({
  service: "s3",
  name: "DeleteBucket",
  event: { category: "management", readOnly: false },
  details: bucketEvent(),

  async targets({ Bucket, ExpectedBucketOwner }, scope) {
    // Not through this run's view, whose versions the last commit checks: the mark changes the
    // record, and the version that counts is the one with the mark.
    const bucket = await findBucket(Bucket, unremembered(scope), ExpectedBucketOwner);
    return [await bucketTarget("s3:DeleteBucket", bucket, scope)];
  },

  async handle({ Bucket }, [target], scope) {
    if (!target) throw noSuchBucket(Bucket);
    const { id } = target.bucket;
    if (!(await isEmpty(id, scope.store))) throw bucketNotEmpty(Bucket);
    await scope.callApart(markBucket, { Bucket });
    const marked = await scope.store.get(bucketSpace, id);
    if (!marked) throw noSuchBucket(Bucket);
    if (marked.value.state !== "deleting" || !(await isEmpty(id, scope.store))) {
      throw bucketNotEmpty(Bucket);
    }
    return { output: {}, change: removal(marked) };
  },
});

/** The first commit, for which the deletion's own decision stands. */
const markBucket = operation<"s3", "DeleteBucket">({
  service: "s3",
  name: "DeleteBucket",
  event: { category: "part", readOnly: false },
  targets: async () => [],

  async handle({ Bucket }, _targets, scope) {
    const bucket = await findBucket(Bucket, scope);
    const change = new Change().put(bucketSpace, [bucket.id], { ...bucket, state: "deleting" });
    change.purpose = "upkeep";
    return { output: {}, change };
  },
});

function removal(marked: Found<BucketRecord>): Change {
  const { id, name, accountId } = marked.value;
  const change = new Change()
    .expect(marked)
    .remove(marked)
    .delete(bucketNameSpace, name)
    .delete(accountBucketSpace, accountId, name)
    .delete(bucketEncryptionSpace, id)
    .delete(bucketPolicySpace, id);
  change.purpose = "upkeep";
  return change;
}

function unremembered({ store }: Scope): Pick<Scope, "view"> {
  return { view: new View(store, new ConfigurationCache()) };
}
