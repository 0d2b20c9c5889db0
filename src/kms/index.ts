export type { DataKey, DataKeys, KeyLife } from "./data-keys.ts";
