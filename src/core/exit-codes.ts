/** The process exit codes every command shares. Scripts and schedulers rely on them: never renumber. */
export const EXIT = {
  done: 0,
  unexpected: 1,
  usage: 2,
  differences: 3,
  precondition: 4,
  rejects: 5,
  locked: 6,
  interrupted: 130,
} as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];
