/** Writes files so that they are either complete or unchanged: to a temporary file beside the target, flushed to disk, then renamed. */
import { closeSync, constants, fsync, openSync, realpathSync, renameSync, statSync, unlinkSync, writeSync } from 'node:fs'
import * as background from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'
import { LocalError } from '../../errors.ts'
import { codeOf, localError } from './local-error.ts'

/** The file-system calls that `writeAtomically` makes, so that a test can replace them by calls that fail. */
export interface AtomicFs {
  open(path: string, flags: 'wx' | 'a'): Promise<AtomicFile>
  rename(from: string, to: string): Promise<void>
  unlink(path: string): Promise<void>
  stat(path: string): Promise<{ isDirectory(): boolean; isFile(): boolean }>
  realpath(path: string): Promise<string>
}

/** An open file, with the calls that `writeAtomically` needs. */
interface AtomicFile {
  write(bytes: Uint8Array, offset: number, length: number): Promise<{ readonly bytesWritten: number }>
  sync(): Promise<void>
  close(): Promise<void>
}

/**
 * Synchronous file-system calls, except for the flush, which lets signals be handled. They are for files written when no load runs: loading Node's
 * promise-based file calls takes some milliseconds, a tenth of a short run.
 */
const atOnce: AtomicFs = {
  async open(path, flags) {
    const file = openSync(path, flags)
    return {
      write: async (bytes, offset, length) => ({ bytesWritten: writeSync(file, bytes, offset, length) }),
      sync: promisify(fsync).bind(undefined, file),
      close: async () => closeSync(file),
    }
  },
  rename: async (from, to) => renameSync(from, to),
  unlink: async (path) => unlinkSync(path),
  stat: async (path) => statSync(path),
  realpath: async (path) => realpathSync(path),
}

let serial = 0

/**
 * The content of a file that is to be written: one text, a list of texts, or an async iterable of texts or bytes, for content that does not fit into
 * memory at once.
 */
export type Text = string | readonly string[] | AsyncIterable<string | Uint8Array>

/**
 * Writes `text` to `path` so that a reader sees the old file or the new one, never a part. Devices and pipes are written to directly, because
 * renaming would replace them; the call waits until a pipe has a reader. By default files are written synchronously, which blocks the process except
 * for the final flush; pass `node:fs/promises` as `disk` for asynchronous writes.
 * @throws LocalError when writing fails, or when `text` throws while it is read
 */
export async function writeAtomically(path: string, text: Text, disk: AtomicFs = atOnce): Promise<void> {
  try {
    const target = await resolveTarget(path, disk)
    if (target.ordinary) await replace(target.path, text, disk)
    else await writeInto(target.path, text, 'a', disk === atOnce ? { open: openDevice } : disk)
  } catch (error) {
    throw localError(`cannot write ${path}`, error)
  }
}

/** Returns the path at the end of symbolic links, and whether an ordinary file is there or can be created there. */
async function resolveTarget(path: string, disk: AtomicFs): Promise<{ path: string; ordinary: boolean }> {
  try {
    const stats = await disk.stat(path)
    if (stats.isDirectory()) throw Object.assign(new Error('it is a folder'), { code: 'EISDIR' })
    return stats.isFile() ? { path: await disk.realpath(path), ordinary: true } : { path, ordinary: false }
  } catch (error) {
    if (codeOf(error) !== 'ENOENT') throw error
    return { path, ordinary: true }
  }
}

async function replace(path: string, text: Text, disk: AtomicFs): Promise<void> {
  serial += 1
  const temporary = join(dirname(path), `.${basename(path)}.${process.pid}.${serial}.tmp`)
  try {
    await writeInto(temporary, text, 'wx', disk)
    await disk.rename(temporary, path)
  } catch (error) {
    await disk.unlink(temporary).catch(() => undefined)
    throw error
  }
}

/** Writes all parts of a text to a file and flushes them to the disk. */
async function writeInto(path: string, text: Text, flags: 'wx' | 'a', disk: Pick<AtomicFs, 'open'>): Promise<void> {
  const file = await disk.open(path, flags)
  try {
    for await (const part of typeof text === 'string' ? [text] : text) await writePart(path, Buffer.from(part), file)
    if (flags === 'wx') await file.sync()
  } finally {
    await file.close()
  }
}

/** How long burn waits, in ms, before it tries a pipe again that has no reader or is full. */
const PIPE_MS = 20
const DEVICE = constants.O_WRONLY | constants.O_APPEND | constants.O_NONBLOCK

/**
 * Opens a device or pipe. A pipe without a reader is tried again and again, because a blocking open would occupy a thread forever and keep the
 * process from ending.
 */
async function openDevice(path: string): Promise<AtomicFile> {
  const isPipe = statSync(path).isFIFO()
  for (;;) {
    const file = await background.open(path, DEVICE).catch(unlessCode(isPipe ? 'ENXIO' : undefined))
    if (file) return { sync: () => file.sync(), close: () => file.close(), write: (...piece) => writeDevice(file, piece) }
    await sleep(PIPE_MS)
  }
}

async function writeDevice(
  file: background.FileHandle,
  piece: Parameters<AtomicFile['write']>,
): Promise<{ bytesWritten: number }> {
  for (;;) {
    const written = await file.write(...piece).catch(unlessCode('EAGAIN'))
    if (written) return written
    await sleep(PIPE_MS)
  }
}

const unlessCode = (code: string | undefined) => (error: unknown) => {
  if (code === undefined || codeOf(error) !== code) throw error
  return undefined
}

/** Writes all bytes to a file. A write that accepts no bytes counts as an error, even if the system reports none. */
async function writePart(path: string, bytes: Uint8Array, file: AtomicFile): Promise<void> {
  for (let done = 0; done < bytes.length; ) {
    const { bytesWritten } = await file.write(bytes, done, bytes.length - done)
    if (bytesWritten === 0)
      throw new LocalError(
        `cannot write ${path}: only ${done} of ${bytes.length} bytes were taken`,
        'the disk is full, or a file-size limit was reached',
      )
    done += bytesWritten
  }
}
