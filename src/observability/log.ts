import pino from 'pino';
import type { Log } from '../ports.ts';
import { redactValue } from '../redaction/redact.ts';

interface LogOptions {
  /** One of `logLevels`. */
  level: string;
  /** A file to append to, made with its folder and 0600; standard error when absent (stdout is the protocol). */
  file?: string;
  /** Fields of every line, e.g. which process it is. */
  fields?: Record<string, unknown>;
}

function redactedFields(fields: Record<string, unknown>): Record<string, unknown> {
  const redacted = redactValue(fields);
  return typeof redacted === 'object' && redacted !== null ? { ...redacted } : {};
}

/**
 * The product's log: one JSON object a line with `level`, `time` (RFC 3339), `event` (a stable id, e.g. `executor.started`) and
 * the fields, redacted. Lines are written at once, so that the last ones before a crash are there.
 */
export function createLog(options: LogOptions): Log {
  const destination =
    options.file === undefined
      ? pino.destination({ dest: 2, sync: true })
      : pino.destination({ dest: options.file, sync: true, mkdir: true, mode: 0o600 });
  // A disk that takes no more must not end the process that logs: what is lost here stands in the journals.
  destination.on('error', () => undefined);
  const logger = pino(
    {
      level: options.level,
      base: options.fields ?? null,
      timestamp: pino.stdTimeFunctions.isoTime,
      messageKey: 'event',
      formatters: { level: label => ({ level: label }) },
    },
    destination,
  );
  const at =
    (level: 'debug' | 'info' | 'warn' | 'error') =>
    (event: string, fields: Record<string, unknown> = {}) => {
      if (logger.isLevelEnabled(level)) logger[level](redactedFields(fields), event);
    };
  return { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') };
}
