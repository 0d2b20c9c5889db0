/** Audit blocks (docs/formats/audit-block.md): their layout is final. */
import { space } from "../space.ts";

export interface AuditBlockRecord {
  /** Of the unit that wrote the block with its other records; absent in a block of gathered events. */
  readonly unit?: Buffer;
  /** When the block was filled, by the wall clock. */
  readonly at: number;
  readonly events: readonly AuditEventRecord[];
}

/** One copy of one event, for one account. */
export interface AuditEventRecord {
  /** UUID, as in the record; the same for every copy's request, not for every copy. */
  readonly id: string;
  readonly account: string;
  /** Milliseconds since the epoch. */
  readonly time: number;
  readonly category: "Management" | "Data";
  /** CloudTrail's record, as JSON text. */
  readonly json: string;
}

/** `seq` is dense per process session and region, from 0. */
export const auditSpace = space<
  [region: string, session: Uint8Array, seq: bigint],
  AuditBlockRecord
>("audit");
