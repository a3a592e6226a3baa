/**
 * Translates CHECKs and index expressions of the source. Promises that a translation which succeeds accepts what the
 * source accepted, apart from accents under accent-insensitive collations. Gives up, with the reason, wherever the two
 * dialects may disagree: weak typing, collation order, division, functions that are not in the table below.
 */
import { quoteIdentifier } from '../../../postgres/identifiers.ts';
import { parseSourceExpression, Untranslatable, type SourceExpression } from './source-expression.ts';
import { translateCall } from './function-translation.ts';
import { combine, comparisonOf, foldLiteral, foldSql, type TextComparison } from './text-comparison.ts';
import { isCalendarDay, withoutTrailingZeros } from './temporal-literal.ts';
import { isNumeric, valueClassOf, type Term, type ValueClass } from './value-class.ts';

export interface TranslatableColumn {
  sourceName: string;
  name: string;
  /** The target type. */
  type: string;
  collation: string | null;
}

export type Translation = { sql: string; alwaysTrue: boolean } | { reason: string };

/** A CHECK of the source as a condition of PostgreSQL. Never throws. */
export function translateCheck(expression: string, columns: readonly TranslatableColumn[]): Translation {
  return attempt(() => {
    const translator = new Translator(columns);
    const sql = translator.condition(parseSourceExpression(expression));
    return { sql, alwaysTrue: sql === 'true' };
  });
}

/** The expression of a functional index. Never throws. */
export function translateIndexExpression(
  expression: string,
  columns: readonly TranslatableColumn[],
): Translation {
  return attempt(() => {
    const term = new Translator(columns).value(parseSourceExpression(expression));
    if (term.class === 'instant')
      throw new Untranslatable('its value depends on the time zone of the session');
    return { sql: term.sql, alwaysTrue: false };
  });
}

function attempt(translate: () => Translation): Translation {
  try {
    return translate();
  } catch (error) {
    if (error instanceof Untranslatable) return { reason: error.message };
    throw error;
  }
}

class Translator {
  private readonly columns: Map<string, TranslatableColumn>;

  constructor(columns: readonly TranslatableColumn[]) {
    this.columns = new Map(columns.map((column) => [column.sourceName.toLowerCase(), column]));
  }

  condition(node: SourceExpression): string {
    switch (node.kind) {
      case 'logical':
        return this.logical(node.operator, this.condition(node.left), this.condition(node.right));
      case 'not':
        return `(NOT ${this.condition(node.operand)})`;
      case 'boolean':
        return String(node.value);
      case 'comparison':
        return this.comparison(node.operator, this.value(node.left), this.value(node.right));
      case 'between': {
        const operand = this.value(node.operand);
        const low = this.comparison('>=', operand, this.value(node.low));
        const both = `(${low} AND ${this.comparison('<=', operand, this.value(node.high))})`;
        return node.negated ? `(NOT ${both})` : both;
      }
      case 'in':
        return this.inList(this.value(node.operand), node.list, node.negated);
      case 'like':
        return this.like(this.value(node.operand), node.pattern, node.negated);
      case 'is':
        return this.isTest(node.operand, node.what, node.negated);
      default: {
        const term = this.value(node);
        if (term.class === 'condition') return term.sql;
        if (isNumeric(term.class)) return `(${term.sql} <> 0)`;
        throw new Untranslatable('a value that is no number is taken for a truth');
      }
    }
  }

  value(node: SourceExpression): Term {
    switch (node.kind) {
      case 'column':
        return this.column(node.name);
      case 'number':
        return term(node.text, 'number');
      case 'string':
        if (node.value.includes('\0')) throw new Untranslatable('a string has the character U+0000');
        return { sql: '', class: 'literal', comparison: null, literal: node.value };
      case 'negative':
        return term(`(- ${this.numeric(node.operand)})`, 'number');
      case 'arithmetic': {
        if (node.operator === '%' && (node.right.kind !== 'number' || Number(node.right.text) === 0)) {
          throw new Untranslatable('a remainder by something that may be 0');
        }
        return term(`(${this.numeric(node.left)} ${node.operator} ${this.numeric(node.right)})`, 'number');
      }
      case 'call':
        return translateCall(
          node.name,
          node.args.map((arg) => this.value(arg)),
        );
      case 'null':
        throw new Untranslatable('NULL is compared as a value');
      default:
        return term(this.condition(node), 'condition');
    }
  }

  private logical(operator: 'AND' | 'OR', left: string, right: string): string {
    const neutral = operator === 'AND' ? 'true' : 'false';
    if (left === neutral) return right;
    if (right === neutral) return left;
    return `(${left} ${operator} ${right})`;
  }

  private column(name: string): Term {
    const column = this.columns.get(name.toLowerCase());
    if (column === undefined) throw new Untranslatable('it names something that is no column of the table');
    const valueClass = valueClassOf(column.type);
    const comparison = valueClass === 'text' ? comparisonOf(column.collation) : null;
    return { sql: quoteIdentifier(column.name), class: valueClass, comparison, literal: null };
  }

  /** Integers are calculated with as numeric: MySQL calculates in 64 bits where PostgreSQL would overflow in 16. */
  private numeric(node: SourceExpression): string {
    const operand = this.value(node);
    if (!isNumeric(operand.class)) throw new Untranslatable('it calculates with something that is no number');
    return operand.class === 'integer' ? `(${operand.sql})::numeric` : operand.sql;
  }

  private comparison(operator: string, left: Term, right: Term): string {
    const [a, b] = comparableSql(left, right, operator);
    if (operator === '<=>') return `(NOT (${a} IS DISTINCT FROM ${b}))`;
    return `(${a} ${operator === '!=' ? '<>' : operator} ${b})`;
  }

  private inList(operand: Term, list: readonly SourceExpression[], negated: boolean): string {
    const pairs = list.map((item) => comparableSql(operand, this.value(item), '='));
    const subject = pairs[0]?.[0];
    if (subject === undefined || pairs.some(([sql]) => sql !== subject)) {
      throw new Untranslatable('IN has a list whose items compare in different ways');
    }
    const array = `ARRAY[${pairs.map(([, item]) => item).join(', ')}]`;
    return negated ? `(${subject} <> ALL (${array}))` : `(${subject} = ANY (${array}))`;
  }

  private like(operand: Term, pattern: SourceExpression, negated: boolean): string {
    if (operand.class !== 'text' || pattern.kind !== 'string') {
      throw new Untranslatable('LIKE on something else than text and a literal');
    }
    const comparison = { foldsCase: operand.comparison?.foldsCase ?? false, ignoresTrailingSpaces: false };
    const sql = foldSql(operand.sql, comparison);
    return `(${sql} ${negated ? 'NOT LIKE' : 'LIKE'} ${foldLiteral(pattern.value, comparison)})`;
  }

  private isTest(operand: SourceExpression, what: 'NULL' | 'TRUE' | 'FALSE', negated: boolean): string {
    const not = negated ? 'NOT ' : '';
    if (what !== 'NULL') return `(${this.condition(operand)} IS ${not}${what})`;
    const subject = this.value(operand);
    if (subject.class === 'literal') throw new Untranslatable('a literal is asked to be NULL');
    return `(${subject.sql} IS ${not}NULL)`;
  }
}

function term(sql: string, valueClass: ValueClass): Term {
  return { sql, class: valueClass, comparison: null, literal: null };
}

/** Both sides as SQL that compares the way the source does. Throws Untranslatable. */
function comparableSql(left: Term, right: Term, operator: string): [string, string] {
  if (isNumeric(left.class) && isNumeric(right.class)) return [left.sql, right.sql];
  if (isText(left) && isText(right) && (left.class === 'text' || right.class === 'text')) {
    if (!['=', '<>', '!=', '<=>'].includes(operator))
      throw new Untranslatable('it relies on the order of a collation');
    const comparison = combine(left.comparison, right.comparison);
    return [textSql(left, comparison), textSql(right, comparison)];
  }
  const a = left.class === 'literal' ? literalAs(left, right.class) : left;
  const b = right.class === 'literal' ? literalAs(right, left.class) : right;
  const temporal = (side: Term): boolean => side.class === 'date' || side.class === 'datetime';
  if (temporal(a) && temporal(b)) return [a.sql, b.sql];
  if (a.class === 'instant' && b.class === 'instant') return [a.sql, b.sql];
  if (isNumeric(a.class) && isNumeric(b.class)) return [a.sql, b.sql];
  throw new Untranslatable('it compares values of different types');
}

function isText(side: Term): boolean {
  return side.class === 'text' || side.class === 'literal';
}

function textSql(side: Term, comparison: TextComparison): string {
  return side.literal === null ? foldSql(side.sql, comparison) : foldLiteral(side.literal, comparison);
}

/** A string literal as what it is compared with. */
function literalAs(side: Term, other: ValueClass): Term {
  const text = side.literal ?? '';
  if (isNumeric(other) && /^-?\d+(\.\d+)?$/.test(text))
    return term(text.startsWith('-') ? `(${text})` : text, 'number');
  if (other !== 'date' && other !== 'datetime') return side;
  const match = /^(\d{4}-\d{2}-\d{2})(?: (\d{2}:\d{2}:\d{2}(?:\.\d{1,6})?))?$/.exec(text);
  const day = match?.[1];
  if (match === null || day === undefined || !isCalendarDay(day)) return side;
  const time = match[2] === undefined ? undefined : withoutTrailingZeros(match[2]);
  return time === undefined
    ? term(`'${day}'::date`, 'date')
    : term(`'${day} ${time}'::timestamp`, 'datetime');
}
