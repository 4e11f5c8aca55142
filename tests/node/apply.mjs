// An unmodified public client against a running server: apply.mjs BASE TOKEN, with the Parameters on standard input.
import { readFileSync } from "node:fs";
import { Client } from "fhir-kit-client";

const [baseUrl, token] = process.argv.slice(2);
const client = new Client({ baseUrl, bearerToken: token });
const input = JSON.parse(readFileSync(0, "utf8"));

const statement = await client.capabilityStatement();
const first = await client.search({ resourceType: "PlanDefinition", searchParams: { _count: 100, status: "active" } });
const pages = [first];
while (pages.length < 3) pages.push(await client.nextPage({ bundle: pages.at(-1) }));
const read = await client.read({ resourceType: "Questionnaire", id: "phq9" });
const whole = await client.operation({ resourceType: "PlanDefinition", name: "apply", method: "POST", input });
const one = await client.operation({ resourceType: "PlanDefinition", id: "tandem", name: "apply", method: "POST", input });
let refused;
try {
  await client.operation({ resourceType: "PlanDefinition", id: "none", name: "apply", method: "POST", input });
} catch (error) {
  refused = error.response.status;
}
const told = input.parameter.find((item) => item.name === "data").resource.entry.map((entry) => entry.resource);
const observation = told.find((resource) => resource.resourceType === "Observation");
let unknown;
try {
  await client.create({ resourceType: "Observation", body: observation });
} catch (error) {
  unknown = error.response.status;
}
console.log(
  JSON.stringify({ statement, ids: pages.flatMap((page) => page.entry.map((entry) => entry.resource.id)), read, whole, one, refused, unknown }),
);
