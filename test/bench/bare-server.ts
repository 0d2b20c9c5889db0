/**
 * What node:http costs by itself: no signature, no cipher, no disk but for the large file. Started
 * as a child process with the large file's path; prints its port.
 *
 *     GET /small    4 KiB from memory
 *     GET /large    the file, by reads of 1 MiB
 *     PUT anything  read and dropped
 */
import { open } from "node:fs/promises";
import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

const [path = ""] = process.argv.slice(2);
const small = Buffer.alloc(4096, "x");
const PIECE_BYTES = 1024 * 1024;

const server = createServer({ noDelay: true, requestTimeout: 0 }, (request, response) => {
  if (request.method === "PUT") {
    request.on("data", () => {});
    request.on("end", () => response.writeHead(200, { "content-length": "0" }).end());
  } else if (request.url === "/large") {
    sendFile(response).catch((error: unknown) => response.destroy(error as Error));
  } else {
    response.writeHead(200, { "content-length": String(small.length) }).end(small);
  }
});
server.listen(0, "127.0.0.1", () => {
  process.stdout.write(`${(server.address() as AddressInfo).port}\n`);
});

async function sendFile(response: ServerResponse): Promise<void> {
  const file = await open(path);
  try {
    const { size } = await file.stat();
    response.writeHead(200, { "content-length": String(size) });
    for (let at = 0; at < size; at += PIECE_BYTES) {
      const piece = Buffer.allocUnsafeSlow(Math.min(PIECE_BYTES, size - at));
      await file.read(piece, 0, piece.length, at);
      if (!response.write(piece)) await new Promise((resolve) => response.once("drain", resolve));
    }
    response.end();
  } finally {
    await file.close();
  }
}
