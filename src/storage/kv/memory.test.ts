import { MemoryStore } from "./memory.ts";
import { kvConformance } from "./testing/conformance.ts";

kvConformance("memory", {
  processes: false,
  async create() {
    const store = new MemoryStore();
    return { open: async () => store.open(), destroy: async () => {} };
  },
});
