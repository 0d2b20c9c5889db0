/**
 * Names of blobs and where they lie. Nothing but these patterns ever becomes a path, so that no
 * name, not even one from a record that was tampered with, reaches outside the blob folder.
 *
 *     <session>/<n>  →  <session>/<group>/<n>        group = n / 4096 in hex
 *     being written:    <session>/<group>/<n>.tmp
 *
 * Groups are runs of neighbouring numbers rather than a hash: blobs finished at the same time lie in
 * the same folder, so that one sync of it makes all their names durable, and a folder empties when
 * its time has passed.
 */
import { assert } from "../../base/index.ts";

const BLOBS_PER_GROUP = 4096;
export const TEMPORARY_SUFFIX = ".tmp";

const NAME = /^([0-9a-f]{32})\/(0|[1-9][0-9]{0,15})$/;
const SESSION = /^[0-9a-f]{32}$/;
const GROUP = /^(0|[1-9a-f][0-9a-f]{0,11})$/;
const NUMBER = /^(0|[1-9][0-9]{0,15})$/;

export interface BlobPlace {
  readonly session: string;
  readonly group: string;
  readonly number: number;
}

/** Only for names that this program made or stored sealed: another form is our own mistake. */
export function placeOf(name: string): BlobPlace {
  const [, session, digits] = NAME.exec(name) ?? [];
  const number = Number(digits);
  assert(
    session !== undefined && Number.isSafeInteger(number),
    "a blob name is a session and a number",
  );
  return { session, group: groupOf(number).toString(16), number };
}

export function groupOf(number: number): number {
  return Math.floor(number / BLOBS_PER_GROUP);
}

export function assertSession(session: string): void {
  assert(SESSION.test(session), "a session is 32 lower-case hex digits");
}

export function isSession(entry: string): boolean {
  return SESSION.test(entry);
}

/** The group that a folder's entry is, undefined when it is something else. */
export function parseGroup(entry: string): number | undefined {
  return GROUP.test(entry) ? Number.parseInt(entry, 16) : undefined;
}

/** The number of the finished blob that a folder's entry is, undefined when it is something else. */
export function parseNumber(entry: string): number | undefined {
  return NUMBER.test(entry) ? Number(entry) : undefined;
}

export function isTemporary(entry: string): boolean {
  return entry.endsWith(TEMPORARY_SUFFIX) && NUMBER.test(entry.slice(0, -TEMPORARY_SUFFIX.length));
}
