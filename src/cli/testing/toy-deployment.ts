/** A deployment without storage: it greets, crashes, hangs and dawdles on request. For tests. */
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Exchange } from "../../server/index.ts";
import type { Deployment, DeploymentOptions, RootCredentials } from "../deployment.ts";
import { Refusal } from "../sentences.ts";

export async function openToy(options: DeploymentOptions): Promise<Deployment> {
  const { dataFolder, rootKeyFile, role, fresh } = options;
  const accounts = join(dataFolder, "accounts.json");
  if (role === "primary" && fresh) {
    writeFileSync(rootKeyFile, "toy", { mode: 0o600 });
    const { accessKeyId, secretAccessKey } = options.rootCredentials ?? GENERATED;
    write(accounts, [{ accountId: options.account, accessKeyId, secretAccessKey }]);
  }
  if (role === "worker" && existsSync(join(dataFolder, "stillborn"))) process.exit(3);
  return {
    start: () =>
      Promise.resolve({ handle: (exchange) => answer(exchange), stop: () => Promise.resolve() }),
    rootCredentials: () => Promise.resolve(read(accounts)[0] ?? GENERATED_ROOT),
    createAccount: ({ accountId }) => {
      const all = read(accounts);
      if (all.some((account) => account.accountId === accountId)) {
        return Promise.reject(new Refusal(`account ${accountId} exists already`));
      }
      const created = { ...GENERATED_ROOT, accountId };
      write(accounts, [...all, created]);
      return Promise.resolve(created);
    },
    acceptClock: () => Promise.resolve(new Date("2026-01-01T00:00:00Z")),
    checkReaders: () => readers(join(dataFolder, "readers.json")),
    close: () => Promise.resolve(),
  };
}

const GENERATED = {
  accessKeyId: "AKIATOYTOYTOYTOYTOYT",
  secretAccessKey: "toy/secret+toy/secret+toy",
};
const GENERATED_ROOT: RootCredentials = { accountId: "123456789012", ...GENERATED };

async function answer(exchange: Exchange): Promise<void> {
  switch (exchange.path) {
    case "/crash":
      process.exit(7);
      break;
    case "/hang":
      for (;;);
    case "/slow":
      await new Promise((resolve) => setTimeout(resolve, 500));
      return exchange.respond(200, {}, "slow but done");
    default:
      return exchange.respond(200, { "x-pid": String(process.pid) }, "hello");
  }
}

function readers(file: string): ReturnType<Deployment["checkReaders"]> {
  return existsSync(file) ? JSON.parse(readFileSync(file, "utf8")) : { committed: 0, readers: [] };
}

function read(file: string): RootCredentials[] {
  return JSON.parse(readFileSync(file, "utf8"));
}

function write(file: string, accounts: readonly RootCredentials[]): void {
  writeFileSync(file, JSON.stringify(accounts), { mode: 0o600 });
}
