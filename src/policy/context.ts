/**
 * What a decision may know about its request: condition keys and their values. Keys are
 * lower-case (`aws:principalarn`, `s3:prefix`). A key that the request does not have is absent;
 * a `Map` will do, and so will an object that computes values when they are asked for.
 */
export interface ContextValues {
  get(key: string): readonly string[] | undefined;
}
