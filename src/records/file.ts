import { closeSync, fstatSync, openSync, readSync, realpathSync, statSync } from 'node:fs'
import { isAbsolute, relative, resolve, sep } from 'node:path'
import { LocalError, readErrorText } from '../errors.ts'

/** Thrown when a data file cannot be used. `line` counts from 1; undefined when the error has no line. */
export class DataError extends LocalError {
  override name = 'DataError'
  readonly file: string
  readonly line: number | undefined
  constructor(file: string, line: number | undefined, message: string, hint?: string, options?: ErrorOptions) {
    super(`${line === undefined ? file : `${file}:${line}`}: ${message}`, hint, options)
    this.file = file
    this.line = line
  }
}

/** A data file (CSV, JSON …) that is open for reading: its file descriptor, name and size. */
export interface DataFile {
  /** Path of the file as the scenario gives it. */
  readonly name: string
  readonly fd: number
  /** Size in bytes when the file was opened; bytes appended later are not read. */
  readonly size: number
  /** The byte offset at which the text begins: after the byte order mark, if there is one. */
  readonly start: number
}

/**
 * Opens a data file for reading. Relative paths start at `baseDir`; files outside of it are refused, even if a link inside leads to them.
 * @throws DataError when the file is missing, outside of `baseDir`, empty, UTF-16 or not an ordinary file, or cannot be read
 */
export function openDataFile(name: string, baseDir: string): DataFile {
  return attempt(name, () => {
    const path = realPath(name, baseDir)
    if (!statSync(path).isFile()) throw new DataError(name, undefined, 'this is not a file')
    const fd = openSync(path, 'r')
    try {
      const { size } = fstatSync(fd)
      const start = startOf(name, fd)
      if (size === start) throw new DataError(name, undefined, 'the file is empty')
      return { name, fd, size, start }
    } catch (error) {
      closeDataFile({ fd })
      throw error
    }
  })
}

/** Closes a data file and ignores errors, because nothing was written to it. */
export function closeDataFile({ fd }: Pick<DataFile, 'fd'>): void {
  try {
    closeSync(fd)
  } catch {
    // The system frees the descriptor even when closing fails.
  }
}

/**
 * Reads `length` bytes of an open data file, from offset `position` on, into `bytes`, starting at index `at`.
 * @throws DataError when the file cannot be read, or has become shorter during the run
 */
export function readFully(file: DataFile, bytes: Buffer, at: number, length: number, position: number): void {
  for (let done = 0; done < length; ) {
    const count = attempt(file.name, () => readSync(file.fd, bytes, at + done, length - done, position + done))
    if (count === 0) throw changed(file)
    done += count
  }
}

/** Returns the error for a data file that another program changed during the run. */
export function changed(file: DataFile): DataError {
  return new DataError(file.name, undefined, 'the file was changed while it was in use')
}

function realPath(name: string, baseDir: string): string {
  const real = realpathSync(resolve(baseDir, name))
  const way = relative(realpathSync(baseDir), real)
  if (way !== '..' && !way.startsWith(`..${sep}`) && !isAbsolute(way)) return real
  throw new DataError(
    name,
    undefined,
    'the file is outside of the folder of the scenario',
    'data files lie beside the scenario or below it; links are followed',
  )
}

function attempt<T>(name: string, action: () => T): T {
  try {
    return action()
  } catch (error) {
    if (error instanceof DataError) throw error
    const missing = (error as NodeJS.ErrnoException).code === 'ENOENT'
    const message = missing ? readErrorText(error) : `cannot be read: ${readErrorText(error)}`
    const hint = missing ? 'relative paths start at the folder of the scenario' : undefined
    throw new DataError(name, undefined, message, hint, { cause: error })
  }
}

function startOf(name: string, fd: number): number {
  const head = Buffer.alloc(3)
  const count = readSync(fd, head, 0, 3, 0)
  const first = count >= 2 ? head.readUInt16BE(0) : 0
  if (first === 0xfffe || first === 0xfeff) throw new DataError(name, 1, 'the file is UTF-16', 'save it as UTF-8')
  return first === 0xefbb && head[2] === 0xbf ? 3 : 0
}
