/** What IAM refuses in a Resource, in its words. */

const partitions = new Set([
  "*",
  "aws",
  "aws-cn",
  "aws-us-gov",
  "aws-iso",
  "aws-iso-b",
  "aws-iso-e",
  "aws-iso-f",
  "aws-eusc",
]);

const IAM_PATHS = [
  "user/",
  "federated-user/",
  "role/",
  "group/",
  "instance-profile/",
  "mfa/",
  "server-certificate/",
  "policy/",
  "sms-mfa/",
  "saml-provider/",
  "oidc-provider/",
  "report/",
  "access-report/",
];

/** The fault, in AWS's text or as one that its older parser finds first; undefined when sound. */
export function findResourceFault(
  resource: string,
): "legacy-parsing" | { readonly text: string } | undefined {
  if (resource === "*") return undefined;
  const parts = resource.split(":");
  if (parts.length < 2) return { text: `Resource ${resource} must be in ARN format or "*".` };
  const [, partition = "", service, region] = parts;
  if (!partitions.has(partition)) {
    const shown = ["arn", ...parts.slice(1), "*", "*", "*", "*"].slice(
      0,
      Math.max(parts.length, 6),
    );
    return { text: `Partition "${partition}" is not valid for resource "${shown.join(":")}".` };
  }
  if (service === undefined || /[*?]/.test(service)) {
    return service === "*"
      ? undefined
      : {
          text: "Resource vendor must be fully qualified and cannot contain regexes.",
        };
  }
  if (service === "" || parts.length === 5) return "legacy-parsing";
  const path = parts.slice(5).join(":");
  return regionFault(service, region ?? "", path, resource) ?? pathFault(service, path, parts);
}

function regionFault(service: string, region: string, path: string, resource: string) {
  if (region === "") return undefined;
  if (service === "iam") {
    return { text: `IAM resource ${resource} cannot contain region information.` };
  }
  // Access points are S3's regional resources.
  if (service !== "s3" || /[*?]/.test(region) || path.startsWith("accesspoint")) return undefined;
  return { text: `Resource ${resource} can not contain region information.` };
}

function pathFault(service: string, path: string, parts: readonly string[]) {
  if (service !== "iam" || parts.length < 6 || path === "*") return undefined;
  if (IAM_PATHS.some((prefix) => path.startsWith(prefix))) return undefined;
  return {
    text: `IAM resource path must either be "*" or start with ${IAM_PATHS.join(", ")}.`,
  };
}
