import { deployment } from "../support/deployment.ts";
import { auth } from "./suites/auth.ts";
import { protocol } from "./suites/protocol.ts";
import { silence } from "./suites/silence.ts";

const at = deployment();
auth(at);
protocol(at);
silence(at);
