import { createConnection } from "node:net";
import { lineSplitter, parseReply } from "./control-line.ts";
import { isLive, socketPath } from "./control-socket.ts";
import { Refusal } from "./sentences.ts";

const ANSWER_MS_MAX = 60_000;

/** Whether a deployment runs on this folder. */
export function isRunning(dataFolder: string): Promise<boolean> {
  return isLive(socketPath(dataFolder));
}

/** Asks the deployment that runs on this folder. Throws Refusal with its sentence. */
export function askRunning(
  dataFolder: string,
  command: string,
  argument: unknown = {},
): Promise<unknown> {
  const { promise, resolve, reject } = Promise.withResolvers<unknown>();
  const socket = createConnection(socketPath(dataFolder));
  const gone = () =>
    reject(
      new Refusal(`the deployment on ${dataFolder} did not answer: is it starting or stopping?`),
    );
  socket.setEncoding("utf8");
  socket.setTimeout(ANSWER_MS_MAX, () => socket.destroy());
  socket.on("error", gone);
  socket.on("close", gone);
  const take = lineSplitter((line) => {
    const reply = parseReply(line);
    if (reply && "refusal" in reply) reject(new Refusal(reply.refusal));
    else if (reply) resolve(reply.result);
    socket.destroy();
  });
  socket.on("data", (text: string) => {
    if (!take(text)) socket.destroy();
  });
  socket.write(`${JSON.stringify({ id: 1, command, arguments: argument })}\n`);
  return promise;
}
