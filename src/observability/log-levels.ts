/** What --log-level takes, from the most to the least talkative. */
export const logLevels = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const;

/** Those of them that the command line offers; the others are for a caller of `loadConfig`. */
export const logLevelsOffered = ['debug', 'info', 'warn', 'error', 'silent'] as const;
