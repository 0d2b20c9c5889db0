/**
 * What every engine promises, as tests. An engine calls `kvConformance` with a way to make an empty
 * store; nothing here knows which engine it is.
 */
import { describe } from "node:test";
import { countingTests } from "./counting.ts";
import { limitTests } from "./limits.ts";
import { modelTests } from "./model.ts";
import { processTests } from "./processes.ts";
import { racingTests } from "./racing.ts";
import { readingTests } from "./reading.ts";
import type { CreateStore } from "./store.ts";
import { writingTests } from "./writing.ts";

export interface Conformance {
  /** The store survives closing; child processes can open it. */
  readonly create: CreateStore;
  /** Whether several processes can have it open. */
  readonly processes: boolean;
}

export function kvConformance(engine: string, { create, processes }: Conformance): void {
  describe(`${engine}: reading`, () => readingTests(create));
  describe(`${engine}: writing`, () => writingTests(create));
  describe(`${engine}: racing`, () => racingTests(create));
  describe(`${engine}: counting`, () => countingTests(create));
  describe(`${engine}: limits`, () => limitTests(create));
  describe(`${engine}: against a model`, () => modelTests(create));
  if (processes) describe(`${engine}: several processes`, () => processTests(create));
}
