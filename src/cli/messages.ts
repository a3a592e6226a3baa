/** What a phase says on the way: to whoever looks at it, and to the log. */
import type { CommandContext } from './command.ts';

export function messagesTo({ console, logger }: Pick<CommandContext, 'console' | 'logger'>) {
  return {
    onNote: (text: string): void => {
      console.info(`note: ${text}`);
      logger.info(text);
    },
    onRetry: (warning: string): void => {
      console.warn(warning);
      logger.warn(warning);
    },
  };
}
