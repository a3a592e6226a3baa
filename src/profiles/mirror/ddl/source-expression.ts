/**
 * Parses the part of MySQL's expression language that has the same meaning in PostgreSQL. Anything else is refused by
 * name: what is not understood is never guessed.
 */
import { tokenizeSource, type SourceToken } from './source-tokens.ts';

export type SourceExpression =
  | { kind: 'column'; name: string }
  | { kind: 'number'; text: string }
  | { kind: 'string'; value: string }
  | { kind: 'boolean'; value: boolean }
  | { kind: 'null' }
  | { kind: 'call'; name: string; args: SourceExpression[] }
  | { kind: 'logical'; operator: 'AND' | 'OR'; left: SourceExpression; right: SourceExpression }
  | { kind: 'comparison'; operator: string; left: SourceExpression; right: SourceExpression }
  | { kind: 'arithmetic'; operator: '+' | '-' | '*' | '%'; left: SourceExpression; right: SourceExpression }
  | { kind: 'not' | 'negative'; operand: SourceExpression }
  | { kind: 'in'; operand: SourceExpression; list: SourceExpression[]; negated: boolean }
  | {
      kind: 'between';
      operand: SourceExpression;
      low: SourceExpression;
      high: SourceExpression;
      negated: boolean;
    }
  | { kind: 'like'; operand: SourceExpression; pattern: SourceExpression; negated: boolean }
  | { kind: 'is'; operand: SourceExpression; what: 'NULL' | 'TRUE' | 'FALSE'; negated: boolean };

/** Thrown inside this folder for what has no translation; its message is for a note. */
export class Untranslatable extends Error {}

const COMPARISONS = ['=', '<=>', '<>', '!=', '<', '<=', '>', '>='];

/** Throws Untranslatable. */
export function parseSourceExpression(sql: string): SourceExpression {
  const tokens = tokenizeSource(sql);
  if (tokens === null) throw new Untranslatable('it has a sign that is not understood');
  const parser = new Parser(tokens);
  const expression = parser.expression();
  parser.end();
  return expression;
}

class Parser {
  private readonly tokens: SourceToken[];
  private at = 0;

  constructor(tokens: SourceToken[]) {
    this.tokens = tokens;
  }

  expression(): SourceExpression {
    let left = this.conjunction();
    while (this.takeWord('OR')) left = { kind: 'logical', operator: 'OR', left, right: this.conjunction() };
    return left;
  }

  end(): void {
    const token = this.tokens[this.at];
    if (token === undefined) return;
    // Words are of the language here; strings and names would be the user's own.
    const shown =
      token.kind === 'word' && !token.quoted ? token.text : token.kind === 'symbol' ? token.text : token.kind;
    throw new Untranslatable(`${shown} is not understood at its place`);
  }

  private conjunction(): SourceExpression {
    let left = this.negation();
    while (this.takeWord('AND') || this.takeSymbol('&&')) {
      left = { kind: 'logical', operator: 'AND', left, right: this.negation() };
    }
    return left;
  }

  private negation(): SourceExpression {
    return this.takeWord('NOT') ? { kind: 'not', operand: this.negation() } : this.predicate();
  }

  private predicate(): SourceExpression {
    let left = this.sum();
    for (;;) {
      const operator = COMPARISONS.find((symbol) => this.takeSymbol(symbol));
      if (operator !== undefined) left = { kind: 'comparison', operator, left, right: this.sum() };
      else if (this.takeWord('IS')) left = this.isTest(left);
      else {
        const next = this.matchTest(left);
        if (next === null) return left;
        left = next;
      }
    }
  }

  private isTest(operand: SourceExpression): SourceExpression {
    const negated = this.takeWord('NOT');
    for (const what of ['NULL', 'TRUE', 'FALSE'] as const)
      if (this.takeWord(what)) return { kind: 'is', operand, what, negated };
    throw new Untranslatable('IS is followed by something else than NULL, TRUE or FALSE');
  }

  private matchTest(operand: SourceExpression): SourceExpression | null {
    const start = this.at;
    const negated = this.takeWord('NOT');
    if (this.takeWord('IN')) return { kind: 'in', operand, list: this.list(), negated };
    if (this.takeWord('LIKE')) return { kind: 'like', operand, pattern: this.sum(), negated };
    if (this.takeWord('BETWEEN')) {
      const low = this.sum();
      if (!this.takeWord('AND')) throw new Untranslatable('BETWEEN has no AND');
      return { kind: 'between', operand, low, high: this.sum(), negated };
    }
    this.at = start;
    return null;
  }

  private sum(): SourceExpression {
    let left = this.product();
    for (;;) {
      const operator = (['+', '-'] as const).find((symbol) => this.takeSymbol(symbol));
      if (operator === undefined) return left;
      left = { kind: 'arithmetic', operator, left, right: this.product() };
    }
  }

  private product(): SourceExpression {
    let left = this.unary();
    for (;;) {
      const operator = this.takeWord('MOD')
        ? '%'
        : (['*', '%'] as const).find((symbol) => this.takeSymbol(symbol));
      if (operator === undefined) return left;
      left = { kind: 'arithmetic', operator, left, right: this.unary() };
    }
  }

  private unary(): SourceExpression {
    if (this.takeSymbol('-')) return { kind: 'negative', operand: this.unary() };
    if (this.takeSymbol('+')) return this.unary();
    if (this.takeSymbol('!')) return { kind: 'not', operand: this.unary() };
    return this.primary();
  }

  private primary(): SourceExpression {
    if (this.takeSymbol('(')) {
      const inner = this.expression();
      this.expectSymbol(')');
      return inner;
    }
    const token = this.tokens[this.at++];
    if (token?.kind === 'number') return { kind: 'number', text: token.text };
    if (token?.kind === 'string') return { kind: 'string', value: token.value };
    if (token?.kind !== 'word') throw new Untranslatable('a value is missing or not understood');
    const word = token.text.toUpperCase();
    if (!token.quoted && word === 'NULL') return { kind: 'null' };
    if (!token.quoted && (word === 'TRUE' || word === 'FALSE'))
      return { kind: 'boolean', value: word === 'TRUE' };
    const opens = this.tokens[this.at];
    if (!token.quoted && opens?.kind === 'symbol' && opens.text === '(') {
      return { kind: 'call', name: token.text.toLowerCase(), args: this.list() };
    }
    return { kind: 'column', name: token.text };
  }

  private list(): SourceExpression[] {
    this.expectSymbol('(');
    if (this.takeSymbol(')')) return [];
    const items = [this.expression()];
    while (this.takeSymbol(',')) items.push(this.expression());
    this.expectSymbol(')');
    return items;
  }

  private takeSymbol(text: string): boolean {
    const token = this.tokens[this.at];
    if (token?.kind !== 'symbol' || token.text !== text) return false;
    this.at++;
    return true;
  }

  private takeWord(text: string): boolean {
    const token = this.tokens[this.at];
    if (token?.kind !== 'word' || token.quoted || token.text.toUpperCase() !== text) return false;
    this.at++;
    return true;
  }

  private expectSymbol(text: string): void {
    if (!this.takeSymbol(text)) throw new Untranslatable(`${text} is missing`);
  }
}
