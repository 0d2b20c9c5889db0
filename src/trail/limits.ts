import { DAY_MS } from "../base/index.ts";

/** AWS: LookupEvents answers for the last 90 days. */
export const LOOKUP_DAYS_MS = 90 * DAY_MS;

/** AWS: one page of LookupEvents, and what it is when the request does not say. */
export const LOOKUP_EVENTS_MAX = 50;

/** Blocks that one call reads at most: a page may be short, or empty, and still have a NextToken. */
export const LOOKUP_BLOCKS_MAX = 4_000;

/** Blocks read at once from one process session. */
export const LOOKUP_PAGE_BLOCKS = 32;

/**
 * How much later than its neighbours an event may have happened that stands in a block of a
 * lower place: a unit keeps its place while it is run again.
 */
export const PLACE_HELD_MS_MAX = 15_000;
