/** Nothing of the commit was written, for a reason that lies with the engine or its disk. */
export class StorageError extends Error {
  override readonly name: string = "StorageError";
}

/** No room: `reserve` keeps the rest for upkeep, `disk` and `map` have none left at all. */
export class StorageFullError extends StorageError {
  override readonly name = "StorageFullError";
  readonly where: "reserve" | "disk" | "map";

  constructor(where: "reserve" | "disk" | "map", options?: ErrorOptions) {
    super(`no room for the write (${where})`, options);
    this.where = where;
  }
}

/** The commit may or may not have taken effect: read what it would have written to find out. */
export class CommitUnknown extends Error {
  override readonly name = "CommitUnknown";

  constructor(options?: ErrorOptions) {
    super("it is unknown whether the commit took effect", options);
  }
}
