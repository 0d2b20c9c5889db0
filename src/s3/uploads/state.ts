/**
 * An upload is `open` for parts, or `completing`: then no part is added or replaced, so that what
 * a completion has read of them stays true. Either state is committed by itself.
 */
import { Change, type Found, type UploadRecord, uploadSpace } from "../../records/index.ts";
import { operation, type Scope } from "../../service/index.ts";
import type { Input } from "../../wire/index.ts";
import { assert } from "../../base/index.ts";

type CompleteInput = Input<"s3", "CompleteMultipartUpload">;

/**
 * The upload as no part can change it any more; undefined when it is gone. A completion that a
 * crash broke off left it like this: it is taken up again.
 */
export async function closeToParts(
  upload: Found<UploadRecord>,
  scope: Scope,
): Promise<Found<UploadRecord> | undefined> {
  const { bucketId, name, id } = upload.value;
  if (upload.value.state === "open") await move(upload.value, "completing", scope, () => true);
  const now = await scope.store.get(uploadSpace, bucketId, name, id);
  // Another completion that failed may have opened it again just now.
  return now?.value.state === "open" ? closeToParts(now, scope) : now;
}

/** Takes a completion back, unless something else has happened to the upload since. */
export async function openToParts(upload: Found<UploadRecord>, scope: Scope): Promise<void> {
  await move(upload.value, "open", scope, ({ version }) => version === upload.version);
}

/** The upload's permission is the one of the request that this is part of. */
async function move(
  { bucketId, name, id }: UploadRecord,
  state: UploadRecord["state"],
  scope: Scope,
  applies: (found: Found<UploadRecord>) => boolean,
): Promise<void> {
  const moving = operation({
    service: "s3",
    name: "CompleteMultipartUpload",
    event: { category: "part", readOnly: false },
    targets: async () => [],

    async handle(_input: CompleteInput, _targets, { store }) {
      const found = await store.get(uploadSpace, bucketId, name, id);
      if (!found || found.value.state === state || !applies(found)) return { output: {} };
      const value: UploadRecord = { ...found.value, state };
      const change = new Change().expect(found).put(uploadSpace, [bucketId, name, id], value);
      return { output: {}, change };
    },
  });
  const [result] = await scope.each(moving, [{ Bucket: bucketId, Key: name, UploadId: id }]);
  assert(result, "an item has its result");
  if (result.error) throw result.error;
}
