import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestContext } from "node:test";

/** An empty folder that goes with the test. */
export function newFolder(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), "strongroom-cli-"));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}
