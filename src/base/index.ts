export { assert, InvariantError } from "./assert.ts";
export {
  type Clock,
  DAY_MS,
  daysAfter,
  HOUR_MS,
  MINUTE_MS,
  SECOND_MS,
  StoppedClock,
  systemClock,
} from "./clock.ts";
export { type Cidr, isLoopback, normaliseAddress, parseCidr } from "./ip.ts";
export { type Log, silentLog } from "./log.ts";
