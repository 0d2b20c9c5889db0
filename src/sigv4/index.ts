export { type AwsError, awsError, type Dialect } from "./aws-error.ts";
export { ChunkChain, type ChunkSeed, EMPTY_SHA256 } from "./chunk-chain.ts";
export {
  SigningError,
  type SigningFailure,
  type SigningFailureKind,
  type SignaturePlace,
} from "./failure.ts";
export { hoistedHeaders } from "./hoisted-headers.ts";
export { type Payload, payloadOf } from "./payload.ts";
export { type FormFields, parseFormSignature, verifyFormSignature } from "./post-form.ts";
export {
  checkFormLength,
  checkPolicy,
  type LengthRange,
  parsePolicy,
  type PolicyCondition,
  type PostPolicy,
} from "./post-policy.ts";
export { type SignedRequest } from "./request.ts";
export { type SignedHeaders, type Signer } from "./sign.ts";
export {
  type AuthType,
  parseSignature,
  type Scope,
  type Signature,
  type SignatureV2,
  type SignatureV4,
} from "./signature.ts";
export { type Credential, SigningKeys } from "./signing-keys.ts";
export { type Verification, type Verified, verifySignature } from "./verify.ts";
