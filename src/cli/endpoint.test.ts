import assert from "node:assert/strict";
import { test } from "node:test";
import { endpointOf, isBucketHost } from "./endpoint.ts";

test("an endpoint is what a program on this machine can reach", () => {
  const port = 9000;
  const cases: [host: string, url: string][] = [
    ["127.0.0.1", "http://127.0.0.1:9000"],
    ["0.0.0.0", "http://127.0.0.1:9000"],
    ["::", "http://[::1]:9000"],
    ["::1", "http://[::1]:9000"],
    ["s3.example.com", "http://s3.example.com:9000"],
  ];
  for (const [host, url] of cases) assert.equal(endpointOf({ host, port }, { tls: false }), url);
  assert.equal(endpointOf({ host: "a", port }, { tls: true }), "https://a:9000");
});

test("a bucket's host is a name under a base domain that is no base domain itself", () => {
  const domains = ["localhost", "s3.localhost"];
  const cases: [host: string, bucket: boolean][] = [
    ["localhost", false],
    ["localhost:9000", false],
    ["s3.localhost:9000", false],
    ["S3.LOCALHOST.", false],
    ["photos.localhost:9000", true],
    ["photos.s3.localhost", true],
    ["my.photos.s3.localhost", true],
    ["127.0.0.1:9000", false],
    ["[::1]:9000", false],
    ["notlocalhost", false],
    ["", false],
  ];
  for (const [host, bucket] of cases) assert.equal(isBucketHost(host, domains), bucket, host);
});
