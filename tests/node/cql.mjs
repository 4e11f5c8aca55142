// Reads {"text": a CQL library, "includes": {name: library}, "cases": [{parameter: value}]}; writes {"errors": [...], "results": [{define: true|false|null}]}.
// The translator is the reference one; what runs its output is another program.
import { readFileSync } from "node:fs";
import {
  CqlTranslator,
  LibraryManager,
  ModelManager,
  createLibrarySourceProvider,
  createModelInfoProvider,
  stringAsSource,
} from "@cqframework/cql/cql-to-elm";
import cql from "cql-execution";

const system = readFileSync(new URL("cql-system-model.xml", import.meta.url), "utf8");
const models = new ModelManager();
models.modelInfoLoader.registerModelInfoProvider(createModelInfoProvider((id) => (id === "System" ? stringAsSource(system) : null)));

const { text, includes = {}, cases } = JSON.parse(readFileSync(0, "utf8"));
const libraries = new LibraryManager(models);
libraries.librarySourceLoader.registerProvider(createLibrarySourceProvider((id) => (includes[id] ? stringAsSource(includes[id]) : null)));
const translator = CqlTranslator.fromText(text, libraries);
const errors = Array.from(translator.errors.asJsReadonlyArrayView()).map((error) => error.message);
const results = [];
if (!errors.length) {
  const library = new cql.Library(JSON.parse(translator.toJson()));
  const codes = new cql.CodeService({});
  for (const parameters of cases) {
    const found = await new cql.Executor(library, codes, parameters).exec(new cql.PatientSource([]));
    results.push(found.unfilteredResults);
  }
}
console.log(JSON.stringify({ errors, results }));
