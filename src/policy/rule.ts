import type { Document } from "./document.ts";
import type { PolicyKind } from "./policy.ts";
import type { PolicyDialect, PolicyFault } from "./policy-error.ts";

/** What the service that keeps the policy asks of it. */
export interface PolicyOptions {
  /** IAM's managed policies must say `2012-10-17`. */
  readonly version2012?: boolean;
  /** The bucket that a bucket policy is for: its resources lie in it. */
  readonly bucket?: string;
}

/** Finds the first fault of its kind in a document. */
export type Rule = (document: Document, rules: RuleContext) => PolicyFault | undefined;

export interface RuleContext {
  readonly kind: PolicyKind;
  readonly dialect: PolicyDialect;
  readonly options: PolicyOptions;
}
