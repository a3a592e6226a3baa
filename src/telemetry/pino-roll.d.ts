/** The package has no types of its own; these are of the part used here. */
declare module 'pino-roll' {
  import type { EventEmitter } from 'node:events';

  interface RollOptions {
    file: string;
    extension?: string;
    dateFormat?: string;
    frequency?: 'daily' | 'hourly' | number;
    size?: string;
    limit?: { count: number; removeOtherLogFiles?: boolean };
    mode?: number;
    maxLength?: number;
  }

  export interface RollingFile extends EventEmitter {
    write(line: string): boolean;
    end(): void;
  }

  export default function pinoRoll(options: RollOptions): Promise<RollingFile>;
}
