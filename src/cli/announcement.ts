import type { Config } from "./config.ts";
import { OPTIONS } from "./options.ts";
import { shellWord } from "./shell-word.ts";

/** What a person wants to know once it runs. Never a secret. */
export function announcement({
  endpoint,
  console,
  config,
  version,
  environment,
}: {
  endpoint: string;
  console: string;
  config: Config;
  version: string;
  environment: Readonly<Record<string, string | undefined>>;
}): string {
  const command = `${programName(environment)} env${foldersGiven(config, environment)}`;
  return [
    `strongroom ${version} is running`,
    `  API          ${endpoint}`,
    `  console      ${console}`,
    `  credentials  eval "$(${command})"`,
    "",
  ].join("\n");
}

/** How this very program is called by whoever started it: from a clone by npm, else by its name. */
function programName(environment: Readonly<Record<string, string | undefined>>): string {
  return environment["npm_lifecycle_event"] === undefined
    ? "strongroom"
    : "npm run --silent strongroom --";
}

/** The options that `env` needs to find the same folder, where they are not as by default. */
function foldersGiven(
  { dataFolder, rootKeyFile }: Config,
  environment: Readonly<Record<string, string | undefined>>,
): string {
  const words: string[] = [];
  const inEnvironment = environment[OPTIONS.data.variable] !== undefined;
  if (!inEnvironment && dataFolder !== `${process.cwd()}/data`) words.push("--data", dataFolder);
  const keyInEnvironment = environment[OPTIONS.rootKey.variable] !== undefined;
  if (!keyInEnvironment && rootKeyFile !== `${dataFolder}.root-key`) {
    words.push("--root-key", rootKeyFile);
  }
  return words.map((word) => ` ${shellWord(word)}`).join("");
}
