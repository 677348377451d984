/** The errors that can occur, and the exit code of each kind. Only `cli/main.ts` turns them into the end of the process. */

/** The exit codes of burn, by name. Their numbers must never change, because CI systems and Kubernetes act on them. */
export const EXIT = {
  ok: 0,
  verdictFailed: 1,
  usage: 2,
  couldNotTest: 3,
  notValid: 4,
  bug: 5,
  inputs: 6,
  local: 7,
  sigint: 130,
  sigterm: 143,
} as const

/** An exit code of burn. */
export type ExitCode = (typeof EXIT)[keyof typeof EXIT]

/** The meaning of each exit code, as one line of text. */
export const EXIT_MEANINGS: Readonly<Record<ExitCode, string>> = {
  0: 'passed: all thresholds and default rules were met',
  1: 'failed: a threshold or a default rule was not met, or `onError: stop` ended the run',
  2: 'bad usage or invalid scenario; nothing was sent',
  3: 'could not test: target unreachable at the start, setup failed, no attempt succeeded, or no request was sent',
  4: 'measurement not valid: the generator was the bottleneck, or sent less than was planned',
  5: 'a bug in burn; what was measured until then is written',
  6: 'the result or journal to read is missing, damaged or incompatible',
  7: 'local files: disk full, read-only, results directory in use',
  130: 'SIGINT (Ctrl-C), after writing what there is',
  143: 'SIGTERM or a closed terminal (SIGHUP), after writing what there is',
}

/** The exit codes by precedence: if several apply, the process ends with the first of these. The result lists all of them. */
const EXIT_PRECEDENCE: readonly ExitCode[] = [130, 143, 2, 5, 7, 6, 3, 4, 1, 0]

/** Returns the most serious of several exit codes, with which the process ends; 0 when the list is empty. */
export function worstExit(codes: Iterable<ExitCode>): ExitCode {
  const all = new Set(codes)
  return EXIT_PRECEDENCE.find((code) => all.has(code)) ?? EXIT.ok
}

/** An error with a hint, which says what the user can do next. */
class HintedError extends Error {
  readonly hint: string | undefined
  constructor(message: string, hint?: string, options?: ErrorOptions) {
    super(message, options)
    this.hint = hint
  }
}

/** Thrown for a wrong flag, argument or setting. The process exits with code 2. */
export class UsageError extends HintedError {
  override name = 'UsageError'
}

/** One error, warning or note about a scenario file, with its line and column, which count from 1. */
export interface Problem {
  /** A code that never changes, such as `E_UNKNOWN_KEY`; codes `W_…` are warnings, `I_…` are notes. */
  readonly code: string
  /** How serious the problem is. A `note` only says how something was understood; nothing is wrong. */
  readonly severity: 'error' | 'warning' | 'note'
  readonly file: string
  readonly line: number
  readonly column: number
  /** The column after the last marked character, on the same line; at least `column + 1`. */
  readonly endColumn: number
  /** Path of keys to the value, such as `steps.0.message`. */
  readonly path: string
  /** What is wrong, and what was expected. */
  readonly message: string
  /** What the user can do about the problem. */
  readonly hint?: string
  /** The source line with a caret below the problem, at most three lines; empty when the value is in no file. */
  readonly frame: string
  /** The flag or variable that gave the value, for a value that is not written in the file. */
  readonly source?: string
}

/** Thrown for a scenario that cannot be run; it holds all problems of the scenario. The process exits with code 2. */
export class ScenarioError extends Error {
  override name = 'ScenarioError'
  readonly problems: readonly Problem[]
  constructor(problems: readonly Problem[]) {
    super(problems.map((p) => `${p.file}:${p.line}:${p.column}: ${p.message}`).join('\n'))
    this.problems = problems
  }
}

/** The names of the stages of an attempt in which it can fail, such as connecting or waiting for the first byte. */
export const FAILURE_PHASES = [
  'dns',
  'connect',
  'tls',
  'send',
  'headers',
  'first_token',
  'stream',
  'subscribe',
  'close',
  'check',
] as const
/** The name of the stage of an attempt in which it failed, such as connecting. */
export type FailurePhase = (typeof FAILURE_PHASES)[number]

/**
 * Thrown when a target cannot be reached or answers wrongly, or when a request for it cannot be made. Before the load it ends the process with code
 * 3; during the load it makes one attempt fail.
 */
export class TargetError extends Error {
  override name = 'TargetError'
  /** The failure class, such as `refused` or `tls_expired`. */
  readonly class: string
  readonly phase: FailurePhase
  constructor(failureClass: string, phase: FailurePhase, message: string, options?: ErrorOptions) {
    super(message, options)
    this.class = failureClass
    this.phase = phase
  }
}

/**
 * Thrown for a problem of this machine, such as disk, files, ports or memory. It never counts against the target. If it ends the run, the
 * exit code is 7.
 */
export class LocalError extends HintedError {
  override name = 'LocalError'
}

const READ_ERRORS: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file',
  EACCES: 'no permission to read it',
  EISDIR: 'it is a directory',
  ENOTDIR: 'a part of the path is not a directory',
}

/** Explains in plain words why a file could not be read. For a rare cause, the text is that of the operating system. */
export function readErrorText(error: unknown): string {
  const { code = '', message } = error as NodeJS.ErrnoException
  return READ_ERRORS[code] ?? message
}

/** Thrown when a stored result or journal is missing or damaged, or does not fit the others that are read with it. The process exits with code 6. */
export class InputError extends HintedError {
  override name = 'InputError'
}

/**
 * Why an attempt failed: the failure class, such as `refused`, the stage in which it failed, and a message. Classes that begin with `local_` mean
 * that burn's own machine is the cause, not the target.
 */
export interface Failure {
  readonly class: string
  readonly phase: FailurePhase
  /** What happened, in words. Untrusted, because it may contain text from the target. */
  readonly message: string
  /** The error code of the system, library or API, such as ECONNREFUSED. */
  readonly code?: string
  /** The wait in ms that the body of the reply asks for. Waits in headers, such as Retry-After, are not included. */
  readonly retryAfterMs?: number
}

/**
 * The reasons of failure that exist in all protocols, such as a time-out or a rate limit. `unfit` means that the request does not suit the state of
 * the target, such as "not found".
 */
export const FAILURE_KINDS = ['timeout', 'auth', 'rate_limit', 'refused', 'status', 'unfit'] as const
/** A reason of failure that exists in every protocol, such as a time-out or a rate limit. */
export type FailureKind = (typeof FAILURE_KINDS)[number]

/** Prefix of the classes of failures that an injected fault caused, such as `injected_timeout`; they do not count against the target. */
export const INJECTED = 'injected_'

/**
 * The end of the failure class `injected_earlier`, which begins with `INJECTED`. An attempt gets this class when an earlier injected failure in the
 * same iteration may be why it failed.
 */
export const EARLIER = 'earlier'

/** The injected faults that have acted on one connection so far, with functions that find out which fault explains a failure. */
export interface WireCauses {
  /** The kinds of the faults that have changed something on the connection so far. The set grows. */
  readonly acted: ReadonlySet<string>
  /**
   * Returns the kind of the fault that explains a failure that happens now; undefined when none does. `sentAt` is when the request was sent, in ms of
   * the clock; NaN while the connection was being opened.
   */
  causeOf(isTimeOut: boolean, sentAt: number): string | undefined
  /** Returns the kinds of the faults that the connection has had at any time since `at`, in ms of the clock: "latency+slice"; '' for none. */
  since(at: number): string
}

/** True for a failure that an injected fault caused. */
export const isInjected = (failure: Pick<Failure, 'class'> | undefined): boolean => failure?.class.startsWith(INJECTED) === true

/** True for a failure that an earlier injected failure in the same iteration may have caused. */
export const isByEarlier = (failure: Pick<Failure, 'class'> | undefined): boolean => failure?.class === INJECTED + EARLIER

/** For each kind of failure, the failure classes that are common to all protocols. A connector names the classes of its own protocol. */
const SHARED_CLASSES: Readonly<Record<FailureKind, RegExp>> = {
  timeout: /^(?:timeout_|connect_timeout$)/,
  auth: /^auth_failed$/,
  rate_limit: /^rate_limited$/,
  refused: /^refused$/,
  status: /^(?:http_status|rate_limited)$/,
  // No shared failure class means this kind.
  unfit: /(?!)/,
}

/**
 * Returns to which of the rough kinds (`FAILURE_KINDS`, such as `timeout`) a failure belongs, by its exact class, such as `timeout_idle`; the list
 * may be empty. `own` does the same for the classes that only the protocol of the attempt has.
 */
export function kindsOfFailure(failure: Failure, own?: (failure: Failure) => readonly FailureKind[]): readonly FailureKind[] {
  return [...FAILURE_KINDS.filter((kind) => SHARED_CLASSES[kind].test(failure.class)), ...(own?.(failure) ?? [])]
}
