/** The root of trust cannot be used. The message is for the operator and says what to do. */
export class RootKeyError extends Error {
  override readonly name = "RootKeyError";
}

export function malformed(path: string): RootKeyError {
  return new RootKeyError(
    `the root key file \`${path}\` is damaged or no root key file at all: restore it from its backup`,
  );
}

export function missing(path: string): RootKeyError {
  return new RootKeyError(
    `the root key file \`${path}\` is missing, and only it opens this deployment's data: ` +
      "restore it from its backup, or say where it is with --root-key",
  );
}

export function readableByOthers(path: string): RootKeyError {
  return new RootKeyError(
    `the root key file \`${path}\` can be read by others than its owner: ` +
      `see who could have copied it, then run chmod 600 '${path}'`,
  );
}

export function withoutVersion(path: string, version: string): RootKeyError {
  return new RootKeyError(
    `the root key file \`${path}\` holds no version \`${version}\`, under which this deployment's ` +
      "keys are wrapped: restore the file that belongs to this data",
  );
}

export function unusable(path: string, doing: string, cause: unknown): RootKeyError {
  const reason = cause instanceof Error && "code" in cause ? ` (${String(cause.code)})` : "";
  return new RootKeyError(
    `the root key file \`${path}\` cannot be ${doing}${reason}: let the account that runs ` +
      "strongroom read the file and write to its folder",
    { cause },
  );
}
