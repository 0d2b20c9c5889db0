/**
 * What commands do to a deployment, whether it runs (then its primary does it, asked through the
 * control socket) or not (then the command opens the folder itself, under the same lock).
 */
import { createLog } from "../server/index.ts";
import { askRunning, isRunning } from "./control-client.ts";
import { ControlSocket } from "./control-socket.ts";
import type { Config } from "./config.ts";
import { requireDeployment } from "./data-folder.ts";
import type { Deployment, OpenDeployment, RootCredentials } from "./deployment.ts";
import { deploymentOptions } from "./deployment-options.ts";
import { endpointOf } from "./endpoint.ts";
import { Refusal } from "./sentences.ts";
import { BadValue, parseAccountId, parseAccountName } from "./values.ts";

/** What the AWS CLI and SDKs need to know. */
export interface ClientEnvironment extends RootCredentials {
  readonly endpoint: string;
  readonly region: string;
}

/** Where the deployment answers, and for whom it answers by default. */
export type Place = Pick<ClientEnvironment, "endpoint" | "region">;

type Command = (deployment: Deployment, place: Place, argument: unknown) => Promise<unknown>;

const COMMANDS: ReadonlyMap<string, Command> = new Map<string, Command>([
  [
    "environment",
    async (deployment, place) => ({ ...place, ...(await deployment.rootCredentials()) }),
  ],
  [
    "createAccount",
    (deployment, _place, argument) =>
      deployment.createAccount({
        accountId: checked(parseAccountId, textAt(argument, "accountId")),
        name: checked(parseAccountName, textAt(argument, "name")),
      }),
  ],
  [
    "acceptClock",
    async (deployment) => ({ accepted: (await deployment.acceptClock()).toISOString() }),
  ],
]);

/** Carries out a command on an open deployment. Throws Refusal. */
export function carryOut(
  deployment: Deployment,
  place: Place,
  command: string,
  argument: unknown,
): Promise<unknown> {
  const act = COMMANDS.get(command);
  if (!act) {
    throw new Refusal(
      `the running deployment does not know \`${command.slice(0, 40)}\`: it is of another version`,
    );
  }
  return act(deployment, place, argument);
}

export async function clientEnvironment(
  config: Config,
  open: OpenDeployment,
): Promise<ClientEnvironment> {
  const answer = await perform(config, open, "environment", {});
  const place = { endpoint: textAt(answer, "endpoint"), region: textAt(answer, "region") };
  return { ...place, ...credentialsIn(answer) };
}

export async function createAccount(
  config: Config,
  open: OpenDeployment,
  account: { accountId: string; name: string },
): Promise<RootCredentials> {
  return credentialsIn(await perform(config, open, "createAccount", account));
}

/** Answers the time that was accepted. */
export async function acceptClock(config: Config, open: OpenDeployment): Promise<string> {
  return textAt(await perform(config, open, "acceptClock", {}), "accepted");
}

async function perform(
  config: Config,
  open: OpenDeployment,
  command: string,
  argument: unknown,
): Promise<unknown> {
  requireDeployment(config);
  if (await isRunning(config.dataFolder)) return askRunning(config.dataFolder, command, argument);
  const lock = await ControlSocket.bind(config.dataFolder, () => {
    throw new Refusal("another command is at work on the data folder: try again in a moment");
  });
  try {
    const log = createLog({ level: config.logLevel });
    const deployment = await open(
      deploymentOptions(config, { role: "command", fresh: false, log }),
    );
    try {
      return await carryOut(deployment, configuredPlace(config), command, argument);
    } finally {
      await deployment.close();
    }
  } finally {
    await lock.close();
  }
}

function configuredPlace({ listen, tlsFiles, region }: Config): Place {
  return { endpoint: endpointOf(listen, { tls: tlsFiles !== undefined }), region };
}

function credentialsIn(answer: unknown): RootCredentials {
  return {
    accountId: textAt(answer, "accountId"),
    accessKeyId: textAt(answer, "accessKeyId"),
    secretAccessKey: textAt(answer, "secretAccessKey"),
  };
}

function textAt(value: unknown, name: string): string {
  const text: unknown = typeof value === "object" && value !== null ? Reflect.get(value, name) : "";
  if (typeof text === "string" && text !== "") return text;
  throw new Refusal(
    `the running deployment speaks differently about \`${name}\`: it is of another version`,
  );
}

function checked(parse: (text: string) => string, text: string): string {
  try {
    return parse(text);
  } catch (error) {
    throw error instanceof BadValue
      ? new Refusal(`\`${text.slice(0, 60)}\` ${error.message}`)
      : error;
  }
}
