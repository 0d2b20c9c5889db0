import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { type Cidr, parseCidr } from "../base/index.ts";
import { forwardedAddress, forwardedSecure, isTrusted } from "./client-address.ts";

const proxies = ["10.0.0.0/8", "2001:db8::/32"].map((text): Cidr => {
  const block = parseCidr(text);
  assert.ok(block);
  return block;
});
const peer = { address: "10.0.0.1", encrypted: false };

describe("behind trusted proxies the client is the right-most address that is none of them", () => {
  const cases: [chain: string | undefined, client: string][] = [
    [undefined, "10.0.0.1"],
    ["", "10.0.0.1"],
    ["192.0.2.7", "192.0.2.7"],
    ["192.0.2.7, 10.0.0.2", "192.0.2.7"],
    ["203.0.113.1, 192.0.2.7, 10.0.0.2", "192.0.2.7"],
    ["127.0.0.1, 192.0.2.7", "192.0.2.7"],
    ["10.9.9.9, 10.0.0.2", "10.9.9.9"],
    ["2001:db8::5, 10.0.0.2", "2001:db8::5"],
    ["2001:DB9:0::1, 10.0.0.2", "2001:db9::1"],
    ["::ffff:192.0.2.7", "192.0.2.7"],
    ["192.0.2.7:4711", "192.0.2.7"],
    ["[2001:db9::1]:4711", "2001:db9::1"],
    ["192.0.2.7, unknown", "10.0.0.1"],
    ["unknown, 10.0.0.2", "10.0.0.2"],
    ["192.0.2.7, 10.0.0.2, 1.2.3", "10.0.0.1"],
    [`192.0.2.7${", 10.0.0.2".repeat(100)}`, "10.0.0.2"],
  ];
  for (const [chain, client] of cases) {
    test(`${chain?.slice(0, 40)}`, () => {
      assert.equal(forwardedAddress(peer, { "x-forwarded-for": chain }, proxies), client);
    });
  }
});

describe("the way is encrypted when every hop says so", () => {
  const cases: [scheme: string | undefined, encrypted: boolean, secure: boolean][] = [
    [undefined, false, false],
    [undefined, true, true],
    ["https", false, true],
    ["HTTPS", false, true],
    ["http", true, false],
    ["https, http", false, false],
    ["http, https", false, false],
    ["https,https", false, true],
    ["", true, false],
  ];
  for (const [scheme, encrypted, secure] of cases) {
    test(`${scheme} over ${encrypted ? "TLS" : "TCP"}`, () => {
      const headers = { "x-forwarded-proto": scheme };
      assert.equal(forwardedSecure({ ...peer, encrypted }, headers), secure);
    });
  }
});

test("a proxy is trusted by its block", () => {
  assert.equal(isTrusted("10.200.0.1", proxies), true);
  assert.equal(isTrusted("11.0.0.1", proxies), false);
});
