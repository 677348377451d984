/** Reads files as text: at most a number of bytes, as strict UTF-8. */
import { closeSync, fstatSync, openSync, readSync } from 'node:fs'
import { readErrorText, ScenarioError } from '../../errors.ts'
import { E_FILE } from '../problems/files/E_FILE.ts'
import { MAX_FILE_BYTES } from './limits.ts'
import type { Wording } from './source/finding.ts'
import { createLocator } from './source/locate.ts'

/** The text of a file, with the name of the file. */
export interface Source {
  readonly text: string
  /** The name of the file, as problems show it. */
  readonly file: string
}

function fileProblem(file: string, wording: Wording): ScenarioError {
  const problem = createLocator('', file, undefined).problem({ ...wording, path: [] }, { start: 0, end: 1 })
  // No part of the file can be shown.
  return new ScenarioError([{ ...problem, frame: '' }])
}

/** Reads a file, but at most one byte more than `limit`, because the path may be a pipe or an endless device. */
function readBounded(path: string, limit: number): Buffer {
  const fd = path === '-' ? 0 : openSync(path, 'r')
  try {
    if (fstatSync(fd).isDirectory()) throw Object.assign(new Error('directory'), { code: 'EISDIR' })
    const chunk = Buffer.allocUnsafe(MAX_FILE_BYTES + 1)
    const chunks: Buffer[] = []
    for (let left = limit + 1; left > 0; ) {
      const count = readNext(fd, chunk.subarray(0, left))
      if (count === 0) break
      chunks.push(Buffer.from(chunk.subarray(0, count)))
      left -= count
    }
    return Buffer.concat(chunks)
  } finally {
    if (fd !== 0) closeSync(fd)
  }
}

const RETRY_MS = 10

/** Reads the next bytes of a file. Waits when a non-blocking pipe, such as one shared with a terminal, has no bytes yet. */
function readNext(fd: number, into: Buffer): number {
  for (;;) {
    try {
      return readSync(fd, into, 0, into.length, null)
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') throw error
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, RETRY_MS)
    }
  }
}

/** Returns the offset of the first byte that is not valid UTF-8. There must be one. */
function badByte(bytes: Uint8Array): number {
  const fits = (length: number) => {
    try {
      // `stream` accepts a last character that is cut off.
      new TextDecoder('utf-8', { fatal: true }).decode(bytes.subarray(0, length), { stream: true })
      return true
    } catch {
      return false
    }
  }
  let good = 0
  let bad = bytes.length
  while (bad - good > 1) {
    const middle = (good + bad) >> 1
    if (fits(middle)) good = middle
    else bad = middle
  }
  return good
}

/** The largest accepted size of a file, in bytes, and the hint for a file that is larger. */
export interface SourceLimit {
  readonly bytes: number
  readonly hint: string
}

const SCENARIO_LIMIT: SourceLimit = {
  bytes: MAX_FILE_BYTES,
  hint: 'large sets of values belong in a data file; a file of another tool (HAR, OpenAPI, Postman) is read by `burn convert`',
}

/** Decodes a file from UTF-8, without a byte order mark at its start. @throws ScenarioError when the bytes are not valid UTF-8 or more than `limit` */
export function decodeSource(bytes: Uint8Array, file: string, limit: SourceLimit = SCENARIO_LIMIT): Source {
  if (bytes.length > limit.bytes) throw fileProblem(file, E_FILE.tooLarge(limit.bytes, limit.hint))
  try {
    return { text: new TextDecoder('utf-8', { fatal: true }).decode(bytes), file }
  } catch {
    throw fileProblem(file, E_FILE.notUtf8(badByte(bytes)))
  }
}

/**
 * Reads a text file in UTF-8; the path `-` means standard input.
 * @throws ScenarioError with the problem E_FILE when the file cannot be read, is not valid UTF-8 or is larger than `limit`
 */
export function readSource(path: string, limit: SourceLimit = SCENARIO_LIMIT): Source {
  const file = path === '-' ? '<stdin>' : path
  let bytes: Buffer
  try {
    bytes = readBounded(path, limit.bytes)
  } catch (error) {
    throw fileProblem(file, E_FILE.unreadable(readErrorText(error)))
  }
  return decodeSource(bytes, file, limit)
}
