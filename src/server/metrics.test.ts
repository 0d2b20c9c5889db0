import assert from "node:assert/strict";
import { test } from "node:test";
import { Metrics, textOfAll } from "./metrics.ts";

const outcome = { service: "s3", operation: "GetObject", seconds: 0.003, bytesIn: 1, bytesOut: 10 };

test("requests are counted by service, operation and status, and their time and bytes", async () => {
  const metrics = new Metrics();
  metrics.answered({ ...outcome, status: 200 });
  metrics.answered({ ...outcome, status: 404 });
  metrics.authenticationFailed("SignatureDoesNotMatch");
  const text = await metrics.text();
  for (const line of [
    'strongroom_requests_total{service="s3",operation="GetObject",status="404"} 1',
    'strongroom_request_duration_seconds_count{service="s3",operation="GetObject"} 2',
    "strongroom_request_body_bytes_total 2",
    "strongroom_reply_body_bytes_total 20",
    'strongroom_authentication_failures_total{reason="SignatureDoesNotMatch"} 1',
  ]) {
    assert.ok(text.includes(line), line);
  }
  assert.match(text, /^process_cpu_seconds_total /m);
});

test("the metrics of several processes become one, each in its own way", async () => {
  const processes = [3, 5].map((value) => {
    const metrics = new Metrics();
    metrics.answered({ ...outcome, status: 200 });
    metrics.gauge("held", "Summed", () => value);
    metrics.gauge("oldest", "The worst of all", () => value, "max");
    metrics.counter("events_total", "Counted", ["kind"]).add({ kind: "a" }, value);
    metrics.total("kept_total", "Kept elsewhere", () => value);
    return metrics;
  });
  const text = await textOfAll(await Promise.all(processes.map((metrics) => metrics.snapshot())));
  assert.match(text, /^strongroom_requests_total\{.*\} 2$/m);
  assert.match(text, /^strongroom_held 8$/m);
  assert.match(text, /^strongroom_oldest 5$/m);
  assert.match(text, /^strongroom_kept_total 8$/m);
  assert.match(text, /^strongroom_events_total\{kind="a"\} 8$/m);
});

test("a count that is kept elsewhere is shown as it is at each time", async () => {
  const metrics = new Metrics();
  let kept = 7;
  metrics.total("kept_total", "Kept elsewhere", () => kept);
  assert.match(await metrics.text(), /^strongroom_kept_total 7$/m);
  kept = 9;
  assert.match(await metrics.text(), /^strongroom_kept_total 9$/m);
});
