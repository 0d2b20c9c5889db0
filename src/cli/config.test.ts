import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { checkAddresses, readConfig, unknownVariables } from "./config.ts";
import { type GivenOptions, OPTIONS } from "./options.ts";
import { UsageError } from "./sentences.ts";

test("without options and variables the defaults hold", () => {
  const config = readConfig({}, {});
  assert.equal(config.dataFolder, `${process.cwd()}/data`);
  assert.equal(config.rootKeyFile, `${process.cwd()}/data.root-key`);
  assert.deepEqual(config.listen, { host: "127.0.0.1", port: 9000 });
  assert.deepEqual(config.console, { host: "127.0.0.1", port: 9001 });
  assert.ok(config.workers >= 1);
  assert.equal(config.region, "us-east-1");
  assert.equal(config.account, "123456789012");
  assert.deepEqual(config.domains, ["localhost", "s3.localhost"]);
  assert.deepEqual([config.tlsFiles, config.rootCredentials], [undefined, undefined]);
  assert.deepEqual([config.insecureHttp, config.trustedProxies], [false, []]);
  assert.equal(config.logLevel, "info");
});

test("an option wins over its variable, and a variable over the default", () => {
  const environment = { STRONGROOM_REGION: "eu-central-1", STRONGROOM_WORKERS: "3" };
  const config = readConfig({ region: "eu-west-1" }, environment);
  assert.deepEqual([config.region, config.workers], ["eu-west-1", 3]);
});

test("an empty variable counts as none", () => {
  assert.equal(readConfig({}, { STRONGROOM_REGION: "" }).region, "us-east-1");
});

test("lists are separated by commas or spaces in the environment", () => {
  const config = readConfig(
    {},
    {
      STRONGROOM_DOMAIN: "A.example, b.example c.example.",
      STRONGROOM_TRUSTED_PROXY: "10.0.0.0/8",
    },
  );
  assert.deepEqual(config.domains, ["a.example", "b.example", "c.example"]);
  assert.deepEqual(
    config.trustedProxies.map(({ text }) => text),
    ["10.0.0.0/8"],
  );
});

test("every option has a variable of its own", () => {
  const variables = Object.values(OPTIONS).map(({ variable }) => variable);
  assert.equal(new Set(variables).size, variables.length);
  for (const variable of variables) assert.match(variable, /^STRONGROOM_[A-Z_]+$/);
});

describe("bad values are refused in one line that names the option:", () => {
  const cases: [given: GivenOptions, complaint: RegExp][] = [
    [{ listen: "9000" }, /^--listen: `9000` is not HOST:PORT/],
    [{ listen: ":9000" }, /is not HOST:PORT/],
    [{ listen: "127.0.0.1:65536" }, /is not HOST:PORT/],
    [{ listen: "127.0.0.256:1" }, /is not HOST:PORT/],
    [{ listen: "::1:9000" }, /is not HOST:PORT/],
    [{ listen: "[127.0.0.1]:9000" }, /is not HOST:PORT/],
    [{ listen: "a_b:9000" }, /is not HOST:PORT/],
    [{ listen: "http://a:9000" }, /is not HOST:PORT/],
    [{ console: "x" }, /^--console: /],
    [{ workers: "0" }, /^--workers: `0` is not a whole number from 1 to 256$/],
    [{ workers: "1e1" }, /is not a whole number/],
    [{ workers: "-1" }, /is not a whole number/],
    [{ workers: "2.5" }, /is not a whole number/],
    [{ workers: "257" }, /is not a whole number/],
    [{ region: "mars-1" }, /^--region: `mars-1` is not an AWS region/],
    [{ region: "US-EAST-1" }, /is not an AWS region/],
    [{ account: "12345" }, /^--account: `12345` is not an account id of 12 digits$/],
    [{ account: "1234567890123" }, /is not an account id/],
    [{ domain: ["good.example", "bad_example"] }, /^--domain: `bad_example` is not a domain/],
    [{ domain: ["10.0.0.1"] }, /is not a domain/],
    [{ domain: ["a..b"] }, /is not a domain/],
    [{ trustedProxy: ["10.0.0.0/33"] }, /^--trusted-proxy: `10.0.0.0\/33` is not an address/],
    [{ logLevel: "loud" }, /^--log-level: `loud` is not one of debug, info, warn, error, silent$/],
    [{ tlsCert: "a.pem" }, /^--tls-cert and --tls-key are given together/],
    [{ tlsKey: "a.pem" }, /^--tls-cert and --tls-key are given together/],
    [{ region: `a\n\u001B[31m${"b".repeat(100)}` }, /^--region: `a\?\?\[31mb+` is not/],
  ];
  for (const [given, complaint] of cases) {
    test(JSON.stringify(given), () => {
      assert.throws(
        () => readConfig(given, {}),
        (error) => error instanceof UsageError && complaint.test(error.message),
      );
    });
  }
});

test("whatever is given, the answer is a value or one line", () => {
  const names = Object.keys(OPTIONS);
  fc.assert(
    fc.property(fc.constantFrom(...names), fc.string({ unit: "binary" }), (name, text) => {
      try {
        readConfig({ [name]: text }, {});
      } catch (error) {
        assert.ok(error instanceof UsageError, String(error));
        assert.doesNotMatch(error.message, /[^\x20-\x7e]/);
      }
    }),
  );
});

test("a bad variable is named by its own name", () => {
  assert.throws(() => readConfig({}, { STRONGROOM_WORKERS: "many" }), {
    name: "UsageError",
    message: "STRONGROOM_WORKERS: `many` is not a whole number from 1 to 256",
  });
});

describe("root credentials of the environment", () => {
  const id = { STRONGROOM_ROOT_ACCESS_KEY_ID: "AKIAIOSFODNN7EXAMPLE" };
  const secret = { STRONGROOM_ROOT_SECRET_ACCESS_KEY: "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY" };

  test("come as a pair", () => {
    assert.deepEqual(readConfig({}, { ...id, ...secret }).rootCredentials, {
      accessKeyId: id.STRONGROOM_ROOT_ACCESS_KEY_ID,
      secretAccessKey: secret.STRONGROOM_ROOT_SECRET_ACCESS_KEY,
    });
    for (const half of [id, secret]) assert.throws(() => readConfig({}, half), /given together/);
  });

  test("are never shown, however bad", () => {
    const bad = { ...id, STRONGROOM_ROOT_SECRET_ACCESS_KEY: "short-secret" };
    assert.throws(
      () => readConfig({}, bad),
      (error) => error instanceof UsageError && !error.message.includes("short-secret"),
    );
  });
});

describe("plain HTTP", () => {
  const tls = { tlsCert: "c", tlsKey: "k" };
  const cases: [given: GivenOptions, allowed: boolean][] = [
    [{}, true],
    [{ listen: "localhost:9000" }, true],
    [{ listen: "[::1]:9000" }, true],
    [{ listen: "127.9.9.9:9000" }, true],
    [{ listen: "0.0.0.0:9000" }, false],
    [{ listen: "[::]:9000" }, false],
    [{ listen: "10.0.0.1:9000" }, false],
    [{ listen: "s3.example.com:9000" }, false],
    [{ console: "0.0.0.0:9001" }, false],
    [{ listen: "0.0.0.0:9000", insecureHttp: true }, true],
    [{ listen: "0.0.0.0:9000", trustedProxy: ["10.0.0.0/8"] }, true],
    [{ listen: "0.0.0.0:9000", console: "0.0.0.0:9001", ...tls }, true],
  ];
  for (const [given, allowed] of cases) {
    test(`${JSON.stringify(given)} is ${allowed ? "allowed" : "refused"}`, () => {
      const check = () => checkAddresses(readConfig(given, {}));
      if (allowed) check();
      else assert.throws(check, /--insecure-http/);
    });
  }
});

test("API and console need addresses of their own", () => {
  const shared = { listen: "127.0.0.1:9000", console: "127.0.0.1:9000" };
  assert.throws(() => checkAddresses(readConfig(shared, {})), /different addresses/);
  checkAddresses(readConfig({ listen: "127.0.0.1:0", console: "127.0.0.1:0" }, {}));
});

test("variables that begin like ours but are not are found", () => {
  const environment = { STRONGROOM_DATA: "x", STRONGROOM_LISTN: "y", PATH: "z" };
  assert.deepEqual(unknownVariables(environment), ["STRONGROOM_LISTN"]);
});
