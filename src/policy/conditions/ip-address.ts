/** IpAddress and NotIpAddress: CIDR blocks of IPv4 and IPv6; one family never holds the other. */
import { blockHolds, parseAddress, parseBlock } from "./address.ts";
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
      const block = parseBlock(policyValue);
      if (block === undefined) return never;
      return (value) => {
        const address = parseAddress(value);
        return address !== undefined && blockHolds(block, address) !== negated;
      };
    },
  };
}
