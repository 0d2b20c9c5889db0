import { memoryBlobs } from "./memory.ts";
import { blobStoreConformance } from "./testing/conformance.ts";

blobStoreConformance("memory", () => Promise.resolve(memoryBlobs()));
