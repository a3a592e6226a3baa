import { VARIABLES, VARIABLE_NAMES, type Environment, type VariableName } from './schema.ts';

export interface ParsedEnvironment {
  /** null where a value is wrong or a required one is missing. */
  environment: Environment | null;
  /** The variables at fault, in the order of the documentation. */
  mistakes: VariableName[];
}

/** Reads every variable from its text; one that is not there is not set. Never throws. */
export function parseEnvironment(texts: Readonly<Record<string, string>>): ParsedEnvironment {
  const values: Values = {};
  const mistakes = VARIABLE_NAMES.filter((name) => {
    const given = texts[name];
    return given === undefined
      ? VARIABLES[name].default === null
      : !assign(values, name, VARIABLES[name].parse(given));
  });
  return { environment: mistakes.length === 0 && isComplete(values) ? values : null, mistakes };
}

type Values = { [N in VariableName]?: Environment[N] | undefined };

/** False where there is no value. */
function assign<N extends VariableName>(values: Values, name: N, value: Environment[N] | undefined): boolean {
  values[name] = value;
  return value !== undefined;
}

function isComplete(values: Values): values is Environment {
  return VARIABLE_NAMES.every((name) => VARIABLES[name].default !== null || values[name] !== undefined);
}
