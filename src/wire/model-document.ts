/** The form of model/*.json: what tools/model.ts writes and model.ts reads. */

/** A named structure, or a kind of scalar, or one of the two with what is demanded of it. */
export type TypeRef = string | TypeEntry;

export interface TypeEntry extends ConstraintEntry {
  /** "string", "list", … in lower case, or the name of a structure. */
  type?: string;
  key?: TypeRef;
  item?: TypeRef;
  itemName?: string;
  flat?: boolean;
  sensitive?: boolean;
  /** "date-time", "http-date" or "epoch-seconds". */
  format?: string;
}

export interface ConstraintEntry {
  min?: number;
  max?: number;
  pattern?: string;
  /** A name in the document's enums; one that is not there is for handlers to judge. */
  enum?: string;
}

export interface MemberEntry extends TypeEntry {
  required?: boolean;
  xmlName?: string;
  /** The prefix and address of a namespace declared on its element. */
  xmlns?: string[];
  /** Where HTTP carries it: "label", "payload", "stream", "status", "attribute", or a named place. */
  at?: string | { header?: string; headers?: string; query?: string };
}

export interface StructureEntry {
  union?: boolean;
  sensitive?: boolean;
  xmlName?: string;
  members: Record<string, string | MemberEntry>;
}

export interface OperationEntry {
  input?: string;
  output?: string;
  /** Method and path with its query, where the protocol has them. */
  http?: string;
  status?: number;
  /** The output's only member is the root element itself. */
  unwrapped?: boolean;
}

export interface ErrorEntry {
  code: string;
  status: number;
  /** The member that holds the text, where there is one. */
  message?: string;
}

export interface ModelDocument {
  service: string;
  version: string;
  xmlns: string;
  target: string;
  operations: Record<string, OperationEntry>;
  errors: Record<string, ErrorEntry>;
  enums: Record<string, string[]>;
  /** Patterns that are not run as they are written, and what is run instead. */
  patterns: Record<string, string>;
  structures: Record<string, StructureEntry>;
}
