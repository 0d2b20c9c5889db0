/** IpAddress and NotIpAddress: CIDR blocks of IPv4 and IPv6; one family never holds the other. */
import { normaliseAddress, parseCidr } from "../../base/index.ts";
import { never, type Operator } from "./operator.ts";

export const ipAddressOperators: readonly Operator[] = [
  ipAddressOperator("IpAddress", { negated: false }),
  ipAddressOperator("NotIpAddress", { negated: true }),
];

function ipAddressOperator(name: string, { negated }: { negated: boolean }): Operator {
  return {
    name,
    negated,
    compile(policyValue) {
      const block = parseCidr(policyValue);
      if (block === undefined) return never;
      if (!negated) return (value) => block.contains(value);
      return (value) => normaliseAddress(value) !== undefined && !block.contains(value);
    },
  };
}
