import { fstatSync, type Stats } from 'node:fs'
import { isForeground } from './foreground.ts'

/** The parts of the terminal's input stream that reading keys needs. */
interface KeySource {
  setRawMode(raw: boolean): unknown
  resume(): unknown
  pause(): unknown
  on(event: 'data' | 'error', listener: (data: unknown) => void): unknown
  off(event: 'data', listener: (data: unknown) => void): unknown
}

/** Keys that a terminal turns into signals itself, except while a program reads keys one by one. */
const SIGNAL_KEYS: Readonly<Record<string, NodeJS.Signals>> = { '\x03': 'SIGINT', '\x1a': 'SIGTSTP', '\x1c': 'SIGQUIT' }
/** Matches the sequences that arrows and function keys send. */
const SEQUENCES = /\x1b(?:\[[0-?]*[ -/]*[@-~]|O.|.)?/gs

/**
 * Reads keys from the terminal one by one. Keys for signals, such as Ctrl-C, send their signal to the process group, as the terminal itself
 * would. Call `release` on every exit path, or the terminal stays without echo.
 */
export class Keys {
  private readonly source: KeySource
  private readonly onKey: (key: string) => void
  private readonly mayRead: () => boolean
  private readonly signal: (signal: NodeJS.Signals) => void
  private isReading = false
  private isWatched = false

  constructor(
    source: KeySource,
    onKey: (key: string) => void,
    mayRead: () => boolean = isForeground,
    signal: (signal: NodeJS.Signals) => void = (name) => process.kill(0, name),
  ) {
    this.source = source
    this.onKey = onKey
    this.mayRead = mayRead
    this.signal = signal
  }

  get active(): boolean {
    return this.isReading
  }

  /** Starts to read keys, unless this process is in the background. */
  attach(): void {
    if (this.isReading || !this.mayRead()) return
    // A closed terminal also sends SIGHUP, which ends the run, so that the error itself can be ignored.
    if (!this.isWatched) this.source.on('error', () => this.release())
    this.isWatched = true
    this.isReading = true
    this.source.setRawMode(true)
    this.source.on('data', this.take)
    this.source.resume()
  }

  /** Stops reading and restores the terminal's settings. Safe to call twice. */
  release(): void {
    if (!this.isReading) return
    this.isReading = false
    this.source.off('data', this.take)
    this.source.pause()
    this.source.setRawMode(false)
  }

  private readonly take = (data: unknown): void => {
    for (const key of String(data).replace(SEQUENCES, '')) {
      const signal = SIGNAL_KEYS[key]
      if (signal) this.signal(signal)
      else this.onKey(key)
    }
  }
}

/**
 * Returns an object that reads the keys pressed on this process's terminal and passes each to `onKey`. Undefined when stdin is no terminal, or when
 * stdout is a pipe to a program that may read keys itself, such as a pager.
 */
export function terminalKeys(onKey: (key: string) => void): Keys | undefined {
  // This is checked first, because using process.stdin would open a file or pipe for reading.
  const mayBeTerminal = statsOf(0)?.isCharacterDevice() === true
  return mayBeTerminal && process.stdin.isTTY && !leadsToProgram(1) ? new Keys(process.stdin, onKey) : undefined
}

function leadsToProgram(descriptor: number): boolean {
  const stats = statsOf(descriptor)
  return stats === undefined || stats.isFIFO() || stats.isSocket()
}

/** Returns the type and state of an open file, by its descriptor; undefined when it is closed. */
function statsOf(descriptor: number): Stats | undefined {
  try {
    return fstatSync(descriptor)
  } catch {
    return undefined
  }
}
