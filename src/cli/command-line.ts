/** The program `strongroom`: commands, options, exit codes. */
import cluster from "node:cluster";
import { Command, CommanderError } from "commander";
import { createLog } from "../server/index.ts";
import { acceptClock, clientEnvironment, createAccount } from "./commands.ts";
import {
  checkAddresses,
  type Config,
  readConfig,
  ROOT_ACCESS_KEY_ID,
  ROOT_SECRET_ACCESS_KEY,
  unknownVariables,
} from "./config.ts";
import type { OpenDeployment } from "./deployment.ts";
import { harden } from "./hardening.ts";
import { type GivenOptions, OPTIONS, type Option, type OptionName } from "./options.ts";
import { accountLines, exportLines } from "./render.ts";
import { Refusal, UsageError } from "./sentences.ts";
import { serve } from "./serve.ts";
import { BadValue, parseAccountId, parseAccountName } from "./values.ts";
import { runWorker } from "./worker.ts";

export interface Program {
  readonly openDeployment: OpenDeployment;
  readonly version: string;
  readonly terminal: Terminal;
}

/** Where a command's answers and complaints go. */
export interface Terminal {
  readonly print: (text: string) => void;
  readonly complain: (text: string) => void;
}

export const processTerminal: Terminal = {
  print: (text) => void process.stdout.write(text),
  complain: (text) => void process.stderr.write(text),
};

const EXIT_OK = 0;
const EXIT_REFUSED = 1;
const EXIT_USAGE = 2;

const CLIENT_OPTIONS = ["data", "rootKey", "listen", "region", "tlsCert", "tlsKey"] as const;

/** Runs what `words` (after the program's name) ask for; answers the exit code. */
export async function runCommandLine(words: readonly string[], program: Program): Promise<number> {
  harden();
  try {
    return await parse(words, program);
  } catch (error) {
    if (!(error instanceof Refusal || error instanceof UsageError)) throw error;
    program.terminal.complain(`strongroom: ${error.message}\n`);
    return error instanceof Refusal ? EXIT_REFUSED : EXIT_USAGE;
  }
}

async function parse(words: readonly string[], program: Program): Promise<number> {
  let exitCode = EXIT_OK;
  const cli = new Command("strongroom")
    .description("Self-hosted, S3-compatible object storage with real SSE-KMS")
    .version(program.version)
    .exitOverride()
    .configureOutput({ writeOut: program.terminal.print, writeErr: () => {} });
  const run =
    (act: (config: Config, given: GivenOptions) => Promise<number>) =>
    async (given: GivenOptions) => {
      exitCode = await act(configFrom(given), given);
    };

  withOptions(cli.command("serve"), namesOf(OPTIONS))
    .description("Serve the data folder until told to stop")
    .action(run((config) => runServe(config, program)));
  withOptions(cli.command("env"), CLIENT_OPTIONS)
    .description("Print what the AWS CLI and SDKs need, as shell exports")
    .option("--json", "print an object instead")
    .action(run((config, given) => runEnv(config, given, program)));
  withOptions(
    cli.command("account").description("Accounts of the deployment").command("create"),
    CLIENT_OPTIONS,
  )
    .description("Make an account and print its root credentials, this once")
    .requiredOption("--id <account>", "12 digits")
    .requiredOption("--name <name>", "1 to 50 characters")
    .option("--json", "print an object instead")
    .action(run((config, given) => runCreateAccount(config, given, program)));

  withOptions(
    cli.command("clock").description("The deployment's clock").command("accept"),
    CLIENT_OPTIONS,
  )
    .description("Say that the wall clock is right after it ran ahead by more than a day")
    .action(run((config) => runAcceptClock(config, program)));

  try {
    await cli.parseAsync([...words], { from: "user" });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (error.exitCode === 0) return EXIT_OK;
    throw new UsageError(oneLine(error), { cause: error });
  }
  return exitCode;
}

function runServe(config: Config, { openDeployment, version, terminal }: Program): Promise<number> {
  checkAddresses(config);
  if (cluster.isWorker) return runWorker(config, openDeployment);
  warnOfUnknownVariables(config);
  const environment = { ...process.env };
  // Workers inherit what is left, and need none of this.
  delete process.env[ROOT_ACCESS_KEY_ID];
  delete process.env[ROOT_SECRET_ACCESS_KEY];
  return serve(config, { open: openDeployment, version, environment, print: terminal.print });
}

async function runEnv(config: Config, given: GivenOptions, program: Program): Promise<number> {
  const environment = await clientEnvironment(config, program.openDeployment);
  program.terminal.print(
    given["json"] === true ? `${JSON.stringify(environment)}\n` : exportLines(environment),
  );
  return EXIT_OK;
}

async function runCreateAccount(
  config: Config,
  given: GivenOptions,
  program: Program,
): Promise<number> {
  const account = {
    accountId: requiredValue(given, "id", parseAccountId),
    name: requiredValue(given, "name", parseAccountName),
  };
  const created = await createAccount(config, program.openDeployment, account);
  program.terminal.print(
    given["json"] === true ? `${JSON.stringify(created)}\n` : accountLines(created),
  );
  return EXIT_OK;
}

async function runAcceptClock(config: Config, program: Program): Promise<number> {
  const accepted = await acceptClock(config, program.openDeployment);
  program.terminal.print(`deadlines count by the wall clock again, from ${accepted}\n`);
  return EXIT_OK;
}

function configFrom(given: GivenOptions): Config {
  return readConfig(given, process.env);
}

function withOptions(command: Command, names: readonly OptionName[]): Command {
  for (const name of names) {
    const option: Option<unknown> = OPTIONS[name];
    const fallback =
      option.fallback === undefined || option.flag.indexOf(" ") === -1
        ? ""
        : `, default ${option.fallback}`;
    command.option(option.flag, `${option.text} (${option.variable}${fallback})`);
  }
  return command;
}

function namesOf<Table extends Record<string, unknown>>(table: Table): (keyof Table & string)[] {
  return Object.keys(table);
}

function requiredValue(
  given: GivenOptions,
  name: string,
  parseText: (text: string) => string,
): string {
  const text = given[name];
  try {
    return parseText(typeof text === "string" ? text : "");
  } catch (error) {
    if (!(error instanceof BadValue)) throw error;
    throw new UsageError(`--${name}: \`${String(text).slice(0, 60)}\` ${error.message}`);
  }
}

/** Commander's message without its prefix and line breaks. */
function oneLine(error: CommanderError): string {
  const text = error.message
    .replace(/^error: /, "")
    .replaceAll(/\s+/g, " ")
    .trim();
  const said = text === "(outputHelp)" ? "a command is needed" : text;
  return `${said} (strongroom --help lists what there is)`;
}

function warnOfUnknownVariables({ logLevel }: Config): void {
  const variables = unknownVariables(process.env);
  if (variables.length === 0) return;
  const log = createLog({ level: logLevel });
  log.warn({ variables }, "environment variables that begin like ours mean nothing");
  log.flush();
}
