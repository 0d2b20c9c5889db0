/** What each key spec is and can do: AWS KMS Developer Guide, "Key spec reference". */

export interface KeySpecRow {
  readonly spec: string;
  /** AWS's usages; the first is what CreateKey takes when none is given, where it may be left out. */
  readonly usages: readonly KeyUsage[];
  readonly usageIsRequired: boolean;
  readonly encryptionAlgorithms: readonly string[];
  /** Bytes of a material that KMS makes. */
  readonly materialBytes: number;
}

type KeyUsage = "ENCRYPT_DECRYPT";

const rows: readonly KeySpecRow[] = [
  {
    spec: "SYMMETRIC_DEFAULT",
    usages: ["ENCRYPT_DECRYPT"],
    usageIsRequired: false,
    encryptionAlgorithms: ["SYMMETRIC_DEFAULT"],
    materialBytes: 32,
  },
];

const bySpec = new Map(rows.map((row) => [row.spec, row]));

/** Undefined: AWS may know the spec, this program does not. */
export function keySpecRow(spec: string): KeySpecRow | undefined {
  return bySpec.get(spec);
}
