import type { ClientEnvironment } from "./commands.ts";
import type { RootCredentials } from "./deployment.ts";
import { shellWord } from "./shell-word.ts";

/** For `eval "$(strongroom env)"`. */
export function exportLines(environment: ClientEnvironment): string {
  return lines({
    AWS_ACCESS_KEY_ID: environment.accessKeyId,
    AWS_SECRET_ACCESS_KEY: environment.secretAccessKey,
    AWS_ENDPOINT_URL: environment.endpoint,
    AWS_REGION: environment.region,
    AWS_DEFAULT_REGION: environment.region,
  });
}

export function accountLines(credentials: RootCredentials): string {
  return (
    `# root credentials of account ${credentials.accountId}: they are shown this once\n` +
    lines({
      AWS_ACCESS_KEY_ID: credentials.accessKeyId,
      AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
    })
  );
}

function lines(variables: Readonly<Record<string, string>>): string {
  return Object.entries(variables)
    .map(([name, value]) => `export ${name}=${shellWord(value)}\n`)
    .join("");
}
