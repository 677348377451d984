/** Prints messages on stderr: as plain text for people, or as JSON lines for programs. */
import { UsageError } from '../../errors.ts'
import { safeJsonText, terminalSafe } from '../../text/escape.ts'
import { knownSecrets } from './known-secrets.ts'

/** The levels of log messages, the most severe first. */
export const LOG_LEVELS = ['error', 'warn', 'info', 'debug'] as const
/** The name of a log level, such as `warn`. */
export type LogLevel = (typeof LOG_LEVELS)[number]

/** The details of a log message, by name. */
export type LogFields = Readonly<Record<string, string | number | boolean | null>>

/** A function that logs a message of the given level, with details. Messages below the level that the user chose are dropped. */
export type Log = (level: LogLevel, message: string, fields?: LogFields) => void

interface LogFlags {
  readonly quiet?: boolean
  readonly verbose?: boolean
  readonly logLevel?: string
}

/**
 * Returns the least severe level of messages that are still logged, as the flags say; `info` by default.
 * @throws UsageError for both --verbose and --quiet
 */
export function levelOf({ logLevel, verbose, quiet }: LogFlags): LogLevel {
  if (verbose && quiet) throw new UsageError('--quiet and --verbose say the opposite of each other', 'leave one of them out')
  const named = LOG_LEVELS.find((level) => level === logLevel)
  return named ?? (verbose ? 'debug' : quiet ? 'error' : 'info')
}

const includes = (level: LogLevel, atMost: LogLevel) => LOG_LEVELS.indexOf(level) <= LOG_LEVELS.indexOf(atMost)
const PREFIXES = { error: 'burn: ', warn: 'warning: ', info: '', debug: 'debug: ' } as const

/** Returns a log that writes each message as one line of text: `debug: phase begins name=steady atMs=2000`. */
export function textLog(atMost: LogLevel, write: (line: string) => void): Log {
  return (level, message, fields = {}) => {
    if (!includes(level, atMost)) return
    const details = Object.entries(fields).map(([name, value]) => ` ${name}=${typeof value === 'string' ? quoted(value) : value}`)
    write(terminalSafe(knownSecrets.redact(`${PREFIXES[level]}${message}${details.join('')}`)))
  }
}

const quoted = (text: string) => (/^[\w.:/-]+$/.test(text) ? text : JSON.stringify(text))

/** Returns a log that writes each message as one line of JSON. Only this call loads the library pino. */
export async function jsonLog(atMost: LogLevel, write: (line: string) => void): Promise<Log> {
  const { pino } = await import('pino')
  const formatters = { level: (label: string) => ({ level: label }) }
  const logger = pino({ level: atMost, base: null, formatters }, { write: (line: string) => write(safeJsonText(line.trimEnd())) })
  return (level, message, fields = {}) => {
    const safe = Object.entries(fields).map(([name, value]) => [name, knownSecrets.redactValue(value)])
    logger[level](Object.fromEntries(safe), knownSecrets.redact(message))
  }
}
