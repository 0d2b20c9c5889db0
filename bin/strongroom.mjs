#!/usr/bin/env node
import { run } from "./setup.mjs";

run("src/main.ts", process.argv.slice(2));
