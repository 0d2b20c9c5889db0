import { randomBytes } from "node:crypto";

/** A name that no other test of this run, or of another run on the same server, uses. */
export function fresh(prefix: string): string {
  return `${prefix}-${randomBytes(5).toString("hex")}`;
}
