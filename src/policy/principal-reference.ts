/** Reads one principal of a policy: which form it has, or that it has none. */
import type { PrincipalReference } from "./principal-element.ts";

const ACCOUNT = /^(?:\d{12}|arn:[a-z0-9-]+:iam::\d{12}:root)$/;
const USER = /^arn:[a-z0-9-]+:iam::\d{12}:user\/[^*?]+$/;
const ROLE = /^arn:[a-z0-9-]+:iam::\d{12}:role\/[^*?]+$/;
const ROLE_SESSION = /^arn:[a-z0-9-]+:sts::\d{12}:assumed-role\/[^*?/]+\/[^*?/]+$/;
const FEDERATED_USER = /^arn:[a-z0-9-]+:sts::\d{12}:federated-user\/[^*?]+$/;
const UNIQUE_ID = /^A(?:IDA|ROA)[A-Z0-9]{12,124}$/;
const PROVIDER = /^arn:[a-z0-9-]+:iam::\d{12}:(?:oidc|saml)-provider\/[^*?]+$/;
const HOST = /^[A-Za-z0-9][A-Za-z0-9.-]*\.[A-Za-z]{2,}$/;
const CANONICAL_ID = /^[0-9a-f]{64}$/;

const awsForms = [
  ["account", ACCOUNT],
  ["user", USER],
  ["role", ROLE],
  ["role-session", ROLE_SESSION],
  ["federated-user", FEDERATED_USER],
  ["unique-id", UNIQUE_ID],
] as const;

/** undefined when it is no principal: no wildcards but `*` whole, no groups. */
export function parsePrincipal(type: string, value: string): PrincipalReference | undefined {
  switch (type) {
    case "AWS": {
      if (value === "*") return { type, value, form: "everyone" };
      const form = awsForms.find(([, shape]) => shape.test(value))?.[0];
      return form && { type, value, form };
    }
    case "Service":
      return HOST.test(value) ? { type, value, form: "service" } : undefined;
    case "Federated":
      return PROVIDER.test(value) || HOST.test(value)
        ? { type, value, form: "provider" }
        : undefined;
    case "CanonicalUser":
      return CANONICAL_ID.test(value) ? { type, value, form: "canonical-user" } : undefined;
    default:
      return undefined;
  }
}
