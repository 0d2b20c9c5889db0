import type { AnyOperation } from "../../service/index.ts";
import type { S3Services } from "../operation.ts";
import { getObject } from "./get-object.ts";
import { headObject } from "./head-object.ts";
import { putObject } from "./put-object.ts";

/** Every operation of S3 that is built. */
export function s3Operations(services: S3Services): readonly AnyOperation[] {
  return [
    getObject(services),
    headObject(services),
    putObject(services),
  ] as unknown as readonly AnyOperation[];
}
