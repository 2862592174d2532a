import { type LogLevel, logLevels } from '../options/sandshim-config.ts';

export type LogFields = Readonly<Record<string, string | number | boolean | undefined>>;

/** Where lines go. `write` never blocks and never throws. */
export interface LogSink extends Disposable {
  write(line: string): void;
}

/** Writes one line per message, if its level is wanted. */
export interface Logger {
  log(level: LogLevel, message: string, fields?: LogFields): void;
  /** Lines of this level are wanted too, from now on. */
  admit(level: LogLevel): void;
}

export interface CreateLoggerOptions {
  readonly sink: LogSink;
  /** The least severe level that is written. */
  readonly level: LogLevel;
  /** Part of every line. */
  readonly fields?: LogFields;
  readonly now?: () => Date;
}

/** A logger in the text format of logrus, which is what containerd's own shims write to the same place. */
export function createLogger(options: CreateLoggerOptions): Logger {
  let limit = logLevels.indexOf(options.level);
  const now = options.now ?? (() => new Date());
  return {
    log: (level, message, fields) => {
      if (logLevels.indexOf(level) > limit) return;
      options.sink.write(formatLine(level, message, { at: now(), fields: { ...options.fields, ...fields } }));
    },
    admit: (level) => {
      limit = Math.max(limit, logLevels.indexOf(level));
    },
  };
}

function formatLine(
  level: LogLevel,
  message: string,
  extra: { readonly at: Date; readonly fields: LogFields },
): string {
  const pairs = Object.entries({
    time: extra.at.toISOString(),
    level: level === 'warn' ? 'warning' : level,
    msg: message,
    ...extra.fields,
  });
  return `${pairs.flatMap(([key, value]) => (value === undefined ? [] : `${key}=${quote(String(value))}`)).join(' ')}\n`;
}

function quote(value: string): string {
  return /^[A-Za-z0-9\-._/@^+]+$/.test(value) ? value : JSON.stringify(value);
}
