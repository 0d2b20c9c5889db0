import { kvConformance } from "../testing/conformance.ts";
import { createLmdbStore } from "../testing/lmdb-store.ts";

kvConformance("lmdb", { processes: true, create: () => createLmdbStore() });
