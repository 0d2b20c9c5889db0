/** The system's name for what went wrong, as in `ENOSPC`; undefined for errors of another origin. */
export function errorCode(error: unknown): string | undefined {
  if (!(error instanceof Error) || !("code" in error)) return undefined;
  return typeof error.code === "string" ? error.code : undefined;
}
