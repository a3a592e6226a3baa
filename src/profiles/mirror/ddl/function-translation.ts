/** The functions that mean the same in both dialects, for the values given. All others are refused by name. */
import { Untranslatable } from './source-expression.ts';
import { isNumeric, type Term, type ValueClass } from './value-class.ts';

const TEXT_TO_TEXT: Readonly<Record<string, string>> = {
  lower: 'lower',
  lcase: 'lower',
  upper: 'upper',
  ucase: 'upper',
  ltrim: 'ltrim',
  rtrim: 'rtrim',
  trim: 'btrim',
};
const TEXT_TO_INTEGER: Readonly<Record<string, string>> = {
  char_length: 'char_length',
  character_length: 'char_length',
};
const NUMBER_TO_NUMBER: Readonly<Record<string, string>> = {
  abs: 'abs',
  ceil: 'ceil',
  ceiling: 'ceil',
  floor: 'floor',
};
const DATE_PARTS: Readonly<Record<string, string>> = {
  year: 'year',
  month: 'month',
  day: 'day',
  dayofmonth: 'day',
};

/** Throws Untranslatable. */
export function translateCall(name: string, args: readonly Term[]): Term {
  const [first] = args;
  if (first !== undefined && args.length === 1) {
    const translated = translateUnary(name, first);
    if (translated !== null) return translated;
  }
  if ((name === 'coalesce' || name === 'ifnull') && args.length > 1) return coalesce(args);
  throw new Untranslatable(`the function ${name}() has no safe translation here`);
}

function translateUnary(name: string, argument: Term): Term | null {
  const valueClass = argument.class;
  // jsonb holds nothing else: the type already says what the CHECK said.
  if (name === 'json_valid' && valueClass === 'json') return result('true', 'condition');
  if (name === 'isnull' && valueClass !== 'literal') return result(`(${argument.sql} IS NULL)`, 'condition');
  const textToText = TEXT_TO_TEXT[name];
  if (textToText !== undefined && valueClass === 'text') {
    return { ...argument, sql: `${textToText}(${argument.sql})` };
  }
  const textToInteger = TEXT_TO_INTEGER[name];
  if (textToInteger !== undefined && valueClass === 'text') {
    return result(`${textToInteger}(${argument.sql})`, 'integer');
  }
  const numberToNumber = NUMBER_TO_NUMBER[name];
  if (numberToNumber !== undefined && isNumeric(valueClass)) {
    return result(`${numberToNumber}(${argument.sql})`, 'number');
  }
  const part = DATE_PARTS[name];
  if (part !== undefined && (valueClass === 'date' || valueClass === 'datetime')) {
    return result(`EXTRACT(${part} FROM ${argument.sql})`, 'number');
  }
  return null;
}

function coalesce(args: readonly Term[]): Term {
  const [first] = args as [Term, ...Term[]];
  const sameClass = args.every(
    (arg) => arg.class === first.class || (isNumeric(arg.class) && isNumeric(first.class)),
  );
  if (!sameClass || first.class === 'literal' || first.class === 'condition') {
    throw new Untranslatable('COALESCE over values of different types');
  }
  const valueClass = args.every((arg) => arg.class === 'integer') ? 'integer' : first.class;
  const sql = `COALESCE(${args.map((arg) => arg.sql).join(', ')})`;
  return { ...first, sql, class: isNumeric(valueClass) && valueClass !== 'integer' ? 'number' : valueClass };
}

function result(sql: string, valueClass: ValueClass): Term {
  return { sql, class: valueClass, comparison: null, literal: null };
}
