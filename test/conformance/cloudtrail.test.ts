import { deployment } from "../support/deployment.ts";
import { cloudtrailLookup } from "./suites/cloudtrail-lookup.ts";
import { cloudtrailRecords } from "./suites/cloudtrail-records.ts";

const at = deployment();
cloudtrailRecords(at);
cloudtrailLookup(at);
