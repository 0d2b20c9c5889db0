/** HTTPS, and the other family of addresses. */
import assert from "node:assert/strict";
import { copyFileSync, readFileSync } from "node:fs";
import { Agent } from "node:https";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { connect } from "node:tls";
import { clientsFor, type Clients } from "../support/clients.ts";
import { policy } from "../support/deployment.ts";
import { until } from "../support/in-turn.ts";
import { fresh } from "../support/names.ts";
import { read } from "../support/objects.ts";
import { makeFolder, repository, Server, target } from "../support/server.ts";

const files = join(repository, "test/support/tls");
const pem = (name: string) => readFileSync(join(files, name), "utf8");

describe("TLS", { skip: target && "TARGET has its own certificate" }, () => {
  const folder = makeFolder();
  const tls = { certificate: join(folder.home, "tls.crt"), key: join(folder.home, "tls.key") };
  const install = (name: string) => {
    copyFileSync(join(files, `${name}.key`), tls.key);
    copyFileSync(join(files, `${name}.crt`), tls.certificate);
  };
  install("first");
  const server = new Server({ folder, tls });
  before(() => server.start());
  after(() => server.stop());
  const secure = (ca: string): Clients => {
    const httpsAgent = new Agent({ ca });
    return clientsFor(server, server.root, server.region, { requestHandler: { httpsAgent } });
  };
  /** The common name of the certificate that a new connection is shown, and its version of TLS. */
  const shown = (maxVersion: "TLSv1.1" | "TLSv1.2" | "TLSv1.3" = "TLSv1.3") => {
    const { hostname, port } = new URL(server.url);
    const minVersion = maxVersion;
    return new Promise<string>((resolve, reject) => {
      const options = { host: hostname, port: Number(port), minVersion, maxVersion };
      const socket = connect({ ...options, rejectUnauthorized: false }, () => {
        resolve(`${String(socket.getPeerCertificate().subject.CN)} ${socket.getProtocol()}`);
        socket.destroy();
      });
      socket.once("error", reject);
    });
  };

  test("every service answers by HTTPS", async () => {
    const { s3, kms, iam, sts, cloudtrail } = secure(pem("first.crt"));
    const Bucket = fresh("tls");
    await s3.createBucket({ Bucket });
    const { KeyMetadata } = await kms.createKey({});
    const sse = { ServerSideEncryption: "aws:kms", SSEKMSKeyId: KeyMetadata?.Arn } as const;
    await s3.putObject({ Bucket, Key: "k", Body: "secure", ...sse });
    assert.equal(String(await read(s3, { Bucket, Key: "k" })), "secure");
    await iam.listUsers({});
    await sts.getCallerIdentity({});
    await cloudtrail.lookupEvents({ MaxResults: 1 });
  });

  test("aws:SecureTransport is true", async () => {
    const { s3 } = secure(pem("first.crt"));
    const Bucket = fresh("tls");
    await s3.createBucket({ Bucket });
    await s3.putBucketPolicy({
      Bucket,
      Policy: policy({
        Effect: "Deny",
        Principal: "*",
        Action: "s3:*",
        Resource: `arn:aws:s3:::${Bucket}/*`,
        Condition: { Bool: { "aws:SecureTransport": "false" } },
      }),
    });
    await s3.putObject({ Bucket, Key: "k", Body: "x" });
  });

  test("TLS 1.2 and 1.3 are spoken, 1.1 is not", async () => {
    assert.match(await shown("TLSv1.2"), /TLSv1\.2$/);
    assert.match(await shown("TLSv1.3"), /TLSv1\.3$/);
    await assert.rejects(shown("TLSv1.1"));
  });

  test("a changed certificate is taken up without a restart", async () => {
    assert.match(await shown(), /first/);
    install("second");
    await until("the new certificate is shown", async () =>
      /second/.test(await shown()) ? true : undefined,
    );
    await secure(pem("second.crt")).s3.listBuckets({});
  });
});

describe("IPv6", { skip: target && "TARGET's address is its own" }, () => {
  test("the server listens on ::1, and policies see the address", async () => {
    const server = new Server({ host: "[::1]" });
    await server.start();
    const { s3 } = clientsFor(server, server.root);
    const Bucket = fresh("six");
    await s3.createBucket({ Bucket });
    const only = (address: string) =>
      s3.putBucketPolicy({
        Bucket,
        Policy: policy({
          Effect: "Deny",
          Principal: "*",
          Action: "s3:PutObject",
          Resource: `arn:aws:s3:::${Bucket}/*`,
          Condition: { NotIpAddress: { "aws:SourceIp": address } },
        }),
      });
    await only("::1/128");
    await s3.putObject({ Bucket, Key: "k", Body: "six" });
    assert.equal(String(await read(s3, { Bucket, Key: "k" })), "six");
    await only("2001:db8::/32");
    await assert.rejects(s3.putObject({ Bucket, Key: "k", Body: "x" }), /AccessDenied/);
    await server.stop();
  });
});
