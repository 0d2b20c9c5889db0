import { deployment } from "../support/deployment.ts";
import { iamAccessKeys } from "./suites/iam-access-keys.ts";
import { iamPolicies } from "./suites/iam-policies.ts";
import { iamPolicyGrammar } from "./suites/iam-policy-grammar.ts";
import { iamRoles } from "./suites/iam-roles.ts";
import { iamUsers } from "./suites/iam-users.ts";
import { policyCases } from "./suites/policy-cases.ts";
import { sts } from "./suites/sts.ts";

const at = deployment();
iamUsers(at);
iamAccessKeys(at);
iamRoles(at);
iamPolicies(at);
iamPolicyGrammar(at);
sts(at);
policyCases(at);
