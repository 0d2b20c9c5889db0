import type { AnyOperation } from "../../service/index.ts";
import type { TrailServices } from "../operation.ts";
import { lookupEvents } from "./lookup-events.ts";

/** Every operation of CloudTrail that is built. */
export function trailOperations(services: TrailServices): readonly AnyOperation[] {
  return [lookupEvents(services)] as readonly AnyOperation[];
}
