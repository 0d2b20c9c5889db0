import { spawnSync } from "node:child_process";

/** Bytes a second of AES-256-GCM on one core, by `openssl speed`; undefined where there is none. */
export function opensslGcm(seconds: number): number | undefined {
  const { stdout, status } = spawnSync(
    "openssl",
    ["speed", "-mr", "-seconds", String(seconds), "-bytes", "65536", "-evp", "aes-256-gcm"],
    { encoding: "utf8" },
  );
  // +F:22:AES-256-GCM:4192832921.60
  const found = /^\+F:\d+:[^:]+:([\d.]+)/m.exec(stdout)?.[1];
  return status === 0 && found !== undefined ? Number(found) : undefined;
}
