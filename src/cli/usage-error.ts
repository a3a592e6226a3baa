import type { CommanderError } from 'commander';
import { TransfuseError } from '../core/errors.ts';

/**
 * A parser's complaint in our words. What was typed is repeated only as far as it is a name: `--pasword=…` may hold a
 * secret behind its equals sign, and a value that is refused is not repeated at all (invariant 9).
 */
export function usageError(error: CommanderError, commandPath: string): TransfuseError {
  return new TransfuseError('USAGE', sentence(error), { fix: `See ${commandPath} --help.` });
}

function sentence(error: CommanderError): string {
  const [message = '', suggestion = ''] = error.message.replace(/^error: /, '').split('\n');
  const meant = /\(Did you mean (.+?)\?\)/.exec(suggestion)?.[1];
  const safe = message
    .replace(/argument '[^]*' is invalid\.?/, 'does not take this value.')
    .replace(/command-argument value '[^]*' is invalid for/, 'this value is not valid for')
    .replace(/^unknown (option|command) '([^]*)'$/, (_all, kind: string, typed: string) => {
      const name = /^-{0,2}[A-Za-z][\w-]{0,40}/.exec(typed)?.[0];
      return name ? `unknown ${kind} ${name}` : `unknown ${kind}`;
    });
  const said = `${safe.charAt(0).toUpperCase()}${safe.slice(1)}`.replace(/\.?$/, '.');
  return meant ? `${said} Did you mean ${meant}?` : said;
}
