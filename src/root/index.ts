export { type FileRootOptions, openFileRoot } from "./file-root.ts";
export { RootKeyError } from "./root-key-error.ts";
export {
  type Destruction,
  type RootKind,
  type RootOfTrust,
  type WrappedByRoot,
} from "./root-of-trust.ts";
