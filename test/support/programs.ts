/** The AWS CLI and boto3, where this machine has them. */
import { spawn, spawnSync } from "node:child_process";
import { join } from "node:path";
import { cleanEnvironment, repository, type Credentials, type Endpoint } from "./server.ts";

export interface Ran {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

const aws = which("aws", ["--version"]);
const boto3 = which("python3", ["-c", "import boto3"]);

/** The reason for leaving out a test that needs the program, said loudly once; false when there. */
export function without(program: "aws" | "boto3"): string | false {
  if (program === "aws" ? aws : boto3) return false;
  return program === "aws"
    ? "there is no AWS CLI (`aws`) on this machine"
    : "there is no boto3 (`python3 -c 'import boto3'`) on this machine";
}

for (const reason of [without("aws"), without("boto3")]) {
  if (reason !== false)
    process.stderr.write(`\n!!! CONFORMANCE WITHOUT A REAL CLIENT: ${reason}\n\n`);
}

/** Runs `aws ARGS` as the principal and comes back when it has ended. */
export function runAws(
  endpoint: Endpoint,
  credentials: Credentials,
  args: readonly string[],
  cwd?: string,
): Promise<Ran> {
  return run("aws", args, environment(endpoint, credentials), cwd);
}

/** Runs a script of `test/conformance/python/` as the principal. */
export function runPython(
  endpoint: Endpoint,
  credentials: Credentials,
  script: string,
  args: readonly string[] = [],
): Promise<Ran> {
  const path = join(repository, "test/conformance/python", script);
  return run("python3", [path, ...args], environment(endpoint, credentials));
}

function run(
  program: string,
  args: readonly string[],
  env: NodeJS.ProcessEnv,
  cwd?: string,
): Promise<Ran> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { env, cwd, stdio: ["ignore", "pipe", "pipe"] });
    let stdout = "";
    let stderr = "";
    child.stdout.setEncoding("utf8").on("data", (text: string) => (stdout += text));
    child.stderr.setEncoding("utf8").on("data", (text: string) => (stderr += text));
    child.once("error", reject);
    child.once("close", (status) => resolve({ status, stdout, stderr }));
  });
}

function environment(endpoint: Endpoint, credentials: Credentials): NodeJS.ProcessEnv {
  const token = credentials.sessionToken;
  return {
    ...cleanEnvironment(),
    AWS_ENDPOINT_URL: endpoint.url,
    AWS_DEFAULT_REGION: endpoint.region,
    AWS_REGION: endpoint.region,
    AWS_ACCESS_KEY_ID: credentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
    ...(token === undefined ? {} : { AWS_SESSION_TOKEN: token }),
    AWS_CONFIG_FILE: "/dev/null",
    AWS_SHARED_CREDENTIALS_FILE: "/dev/null",
    AWS_PAGER: "",
    AWS_MAX_ATTEMPTS: "1",
    AWS_EC2_METADATA_DISABLED: "true",
    PYTHONWARNINGS: "ignore",
  };
}

function which(program: string, args: readonly string[]): boolean {
  return spawnSync(program, args, { stdio: "ignore" }).status === 0;
}
