import { catalogue, type FindingCode, kindOf } from "../findings/catalogue.js";
import type { Json } from "../json/json.js";
import {
  decodeShape,
  list,
  object,
  oneOf,
  pattern,
  record,
  type Shape,
  type Shaped,
  type ShapeIssue,
  text,
} from "../json/shape.js";
import { type Filter, filterShape } from "../population/filter.js";
import { someText } from "../receipt/identifiers.js";
import { builtInControls } from "./built-in.js";
import type { Attribute, Control, ControlUnit, Strength } from "./control.js";

/** A catalogue of controls as a file holds it; its schema is published as schema/controls-1.json. */
interface CatalogueFile {
  readonly format: "sclaw.controls/1";
  /** With `built-in` the built-in controls stay, but for those of the same id. */
  readonly extends?: "built-in";
  readonly controls: readonly ControlInFile[];
}

type ControlInFile = Omit<Control, "population"> & {
  readonly population: { readonly unit: ControlUnit; readonly filter?: Filter };
};

const findingCode = text<FindingCode>("the code of a finding (docs/findings)", (value) =>
  Object.hasOwn(catalogue, value),
);

const attribute = object<Attribute>({
  letter: pattern("a letter from A to Z", /^[A-Z]$/),
  text: someText,
  codes: list(findingCode, { least: 1 }),
});

const control = object<ControlInFile>({
  id: pattern("an id of A-Z a-z 0-9 . _ - of at most 64 characters", /^[A-Za-z0-9._-]{1,64}$/),
  title: someText,
  objective: someText,
  criteria: record<Strength>(oneOf("direct", "supporting", "weak")),
  population: object<ControlInFile["population"]>(
    { unit: oneOf("request", "receipt", "ledger"), filter: filterShape },
    ["filter"],
  ),
  attributes: list(attribute, { least: 1, most: 26 }),
});

const file: Shape<CatalogueFile> = object<CatalogueFile>(
  {
    format: oneOf("sclaw.controls/1"),
    extends: oneOf("built-in"),
    controls: list(control, { least: 1, most: 1000 }),
  },
  ["extends"],
);

/**
 * Decodes a catalogue of controls. Refuses the whole file with every reason where anything in
 * it is not as the published schema says, or an id or a letter stands twice.
 */
export function decodeCatalogue(value: Json): Shaped<readonly Control[]> {
  const shaped = decodeShape(file, value);
  if (!shaped.ok) return shaped;
  const own = shaped.value.controls.map((one): Control => {
    return { ...one, population: { unit: one.population.unit, filter: one.population.filter ?? {} } };
  });
  const issues = [
    ...repeated(own.map(({ id }) => id)).map((i) => repeatedAt(`/controls/${i}/id`)),
    ...own.flatMap(({ attributes }, c) =>
      repeated(attributes.map(({ letter }) => letter)).map((i) =>
        repeatedAt(`/controls/${c}/attributes/${i}/letter`),
      ),
    ),
  ];
  issues.push(...own.flatMap(misplacedCodes));
  if (issues.length > 0) return { ok: false, issues };
  if (shaped.value.extends === undefined) return { ok: true, value: own };
  const replaced = new Set(own.map(({ id }) => id));
  return { ok: true, value: [...builtInControls.filter(({ id }) => !replaced.has(id)), ...own] };
}

/** The record is tested as a whole: it has no filter, and deviations are of requests. */
function misplacedCodes({ population, attributes }: Control, c: number): ShapeIssue[] {
  if (population.unit === "request") return [];
  const expected = `no filter and no deviation where the unit is ${population.unit}`;
  const filters = Object.keys(population.filter).map((name) => {
    return { pointer: `/controls/${c}/population/filter/${name}`, expected, actual: "a filter" };
  });
  const codes = attributes.flatMap((attribute, a) =>
    attribute.codes.flatMap((code, i) => {
      if (kindOf(code).severity !== "deviation") return [];
      return [
        { pointer: `/controls/${c}/attributes/${a}/codes/${i}`, expected, actual: `the deviation ${code}` },
      ];
    }),
  );
  return [...filters, ...codes];
}

/** Where a value stands that stood before. */
function repeated(values: readonly string[]): number[] {
  return values.flatMap((value, i) => (values.indexOf(value) < i ? [i] : []));
}

function repeatedAt(pointer: string): ShapeIssue {
  return { pointer, expected: "each once", actual: "one that stood before" };
}
