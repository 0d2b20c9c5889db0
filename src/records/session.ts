/**
 * A process session: one start of one process, in the records from its start to its end. Every
 * commit checks its record, so that a process which was taken for dead can commit nothing; blobs
 * and audit blocks are named by it, so that what it left behind can be found.
 */
import {
  createRecordSealer,
  randomBytes,
  type RecordSealer,
  type Secret,
} from "../crypto/index.ts";
import type { Version } from "../storage/index.ts";
import { sessionSpace } from "./spaces/system.ts";

export const SESSION_ID_BYTES = 16;

export class ProcessSession {
  /** 128 random bits, drawn at every start. */
  readonly id: Buffer;
  /** The id in hex: the first part of blob names. */
  readonly name: string;
  readonly sealer: RecordSealer;
  #check: { key: Buffer; version: Version };
  #blobs = 0;
  #units = 0n;
  readonly #auditSeqs = new Map<string, bigint>();

  constructor(rootKey: Secret, rootKeyId: number) {
    this.id = randomBytes(SESSION_ID_BYTES);
    this.name = this.id.toString("hex");
    this.sealer = createRecordSealer({ rootKey, rootKeyId, processSession: this.id });
    this.#check = { key: sessionSpace.key(this.id), version: 0n };
  }

  /** What every commit of this session checks: absent before it is written, then never changed. */
  get check(): { readonly key: Buffer; readonly version: Version } {
    return this.#check;
  }

  /** Called once, with the version of the commit that wrote the session's record. */
  started(version: Version): void {
    this.#check = { key: this.#check.key, version };
  }

  /** A name that no blob ever had. */
  nextBlobName(): string {
    this.#blobs += 1;
    return `${this.name}/${this.#blobs}`;
  }

  /** Names a unit of work within this session: eight bytes, never drawn twice. */
  nextUnit(): Buffer {
    this.#units += 1n;
    const name = Buffer.alloc(8);
    name.writeBigUInt64BE(this.#units);
    return name;
  }

  /** Dense per region, from 0, each once: readers count on the order of places being that of time. */
  nextAuditSeq(region: string): bigint {
    const seq = this.#auditSeqs.get(region) ?? 0n;
    this.#auditSeqs.set(region, seq + 1n);
    return seq;
  }
}
