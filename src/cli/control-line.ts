/**
 * The control socket's protocol: one JSON object a line, each request answered by one line.
 *
 *     {"id":1,"command":"createAccount","arguments":{…}}
 *     {"id":1,"result":{…}}   or   {"id":1,"refusal":"a sentence"}
 *
 * The socket's mode (0600) is the authentication: whoever can open it owns the data folder.
 */
export interface ControlRequest {
  readonly id: number;
  readonly command: string;
  readonly arguments: unknown;
}

export type ControlReply =
  | { readonly id: number; readonly result: unknown }
  | { readonly id: number; readonly refusal: string };

export const LINE_BYTES_MAX = 64 * 1024;

/** Cuts what comes in into lines; answers false when a line grows too long. */
export function lineSplitter(take: (line: string) => void): (text: string) => boolean {
  let held = "";
  return (text) => {
    held += text;
    let end = held.indexOf("\n");
    while (end !== -1) {
      take(held.slice(0, end));
      held = held.slice(end + 1);
      end = held.indexOf("\n");
    }
    return held.length <= LINE_BYTES_MAX;
  };
}

/** Undefined when the line is not of this protocol. */
export function parseRequest(line: string): ControlRequest | undefined {
  const value = parseObject(line);
  const id = value?.["id"];
  const command = value?.["command"];
  if (typeof id !== "number" || typeof command !== "string") return undefined;
  return { id, command, arguments: value?.["arguments"] };
}

export function parseReply(line: string): ControlReply | undefined {
  const value = parseObject(line);
  const id = value?.["id"];
  if (value === undefined || typeof id !== "number") return undefined;
  const refusal = value["refusal"];
  return typeof refusal === "string" ? { id, refusal } : { id, result: value["result"] };
}

function parseObject(line: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(line);
    if (typeof value !== "object" || value === null) return undefined;
    return Object.fromEntries(Object.entries(value));
  } catch {
    return undefined;
  }
}
