import assert from "node:assert/strict";
import { test } from "node:test";
import { announcement } from "./announcement.ts";
import { readConfig } from "./config.ts";
import type { Environment, GivenOptions } from "./options.ts";

const secret = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";

function announced(given: GivenOptions, environment: Environment): string {
  return announcement({
    endpoint: "http://127.0.0.1:9000",
    console: "http://127.0.0.1:9001",
    config: readConfig(given, environment),
    version: "1.2.3",
    environment,
  });
}

test("it names the endpoint, the console and the command for the credentials", () => {
  assert.equal(
    announced({}, {}),
    "strongroom 1.2.3 is running\n" +
      "  API          http://127.0.0.1:9000\n" +
      "  console      http://127.0.0.1:9001\n" +
      '  credentials  eval "$(strongroom env)"\n',
  );
});

test("the command finds the same folder, and is called as this program was", () => {
  const cases: [GivenOptions, Environment, command: string][] = [
    [{ data: "/srv/s 3" }, {}, "strongroom env --data '/srv/s 3'"],
    [{ data: "/d", rootKey: "/k" }, {}, "strongroom env --data /d --root-key /k"],
    [{}, { STRONGROOM_DATA: "/d" }, "strongroom env"],
    [{}, { npm_lifecycle_event: "start" }, "npm run --silent strongroom -- env"],
  ];
  for (const [given, environment, command] of cases) {
    assert.ok(announced(given, environment).includes(`"$(${command})"`), command);
  }
});

test("it holds no secret", () => {
  const environment = {
    STRONGROOM_ROOT_ACCESS_KEY_ID: "AKIAIOSFODNN7EXAMPLE",
    STRONGROOM_ROOT_SECRET_ACCESS_KEY: secret,
  };
  assert.doesNotMatch(announced({}, environment), /wJalr|AKIA/);
});
