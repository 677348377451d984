/** A scenario file to plain data: bytes, text, tree, values. What the values mean is the schema's business. */
import { closeSync, fstatSync, openSync, readSync } from 'node:fs'
import { extname } from 'node:path'
import { type Problem, readErrorText, ScenarioError } from '../../errors.ts'
import { E_ENCRYPTED } from '../problems/environment/E_ENCRYPTED.ts'
import { E_ENV_SYNTAX } from '../problems/environment/E_ENV_SYNTAX.ts'
import { E_ENV_UNSET } from '../problems/environment/E_ENV_UNSET.ts'
import { E_FILE } from '../problems/files/E_FILE.ts'
import { E_CONTROL_CHARACTER } from '../problems/syntax/E_CONTROL_CHARACTER.ts'
import { E_DUPLICATE_KEY } from '../problems/syntax/E_DUPLICATE_KEY.ts'
import type { Environment, EnvironmentUse } from './environment.ts'
import { jsonError } from './json-syntax.ts'
import { MAX_FILE_BYTES } from './limits.ts'
import { plainValue, type Reference } from './plain-value.ts'
import { resolveTree } from './resolve-tree.ts'
import type { Wording } from './source/finding.ts'
import { createLocator, type Locator } from './source/locate.ts'
import { parseTree } from './tree.ts'

/** The text of a file, with the file's name. */
export interface Source {
  readonly text: string
  /** As it is named in problems. */
  readonly file: string
}

function fileProblem(file: string, wording: Wording): ScenarioError {
  const problem = createLocator('', file, undefined).problem({ ...wording, path: [] }, { start: 0, end: 1 })
  // Nothing of the file can be shown.
  return new ScenarioError([{ ...problem, frame: '' }])
}

/** Reads at most one byte more than `limit`: the path may be a pipe, or a device without an end. */
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

/** Waits for the other end of a pipe that does not block, as one that a terminal or another program shares. */
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

/** Offset of the first byte that is not UTF-8. Only called for bytes that are known to hold one. */
function badByte(bytes: Uint8Array): number {
  const fits = (length: number) => {
    try {
      // `stream` accepts a character that the cut leaves incomplete.
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

/** The largest size of a file, in bytes, and the hint for a larger one. */
export interface SourceLimit {
  readonly bytes: number
  readonly hint: string
}

const SCENARIO_LIMIT: SourceLimit = {
  bytes: MAX_FILE_BYTES,
  hint: 'large sets of values belong in a data file; a file of another tool (HAR, OpenAPI, Postman) is read by `burn convert`',
}

/** Decodes the bytes of a file as strict UTF-8 without a byte order mark. @throws ScenarioError when they are no UTF-8 or more than `limit` */
export function decodeSource(bytes: Uint8Array, file: string, limit: SourceLimit = SCENARIO_LIMIT): Source {
  if (bytes.length > limit.bytes) throw fileProblem(file, E_FILE.tooLarge(limit.bytes, limit.hint))
  try {
    return { text: new TextDecoder('utf-8', { fatal: true }).decode(bytes), file }
  } catch {
    throw fileProblem(file, E_FILE.notUtf8(badByte(bytes)))
  }
}

/** Reads a file; `-` is standard input. @throws ScenarioError with one problem, E_FILE, when it cannot be read, is no UTF-8 or is larger than `limit` */
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

export interface ParseOptions {
  /** What `${env.NAME}` reads. Default: process.env */
  readonly env?: Environment
  /** Look nothing up: references without a default are warnings. */
  readonly noEnv?: boolean
}

/** The data of a parsed scenario file, with the problems found and what it read from the environment. */
export interface Parsed {
  /** Null-prototype objects, arrays and scalars; undefined when the file could not be read as a tree. */
  readonly value: unknown
  readonly locate: Locator
  readonly problems: readonly Problem[]
  /** Every variable that was read, once. */
  readonly envUsed: readonly EnvironmentUse[]
  /** Texts that came from the environment and may have to become something else. */
  readonly references: readonly Reference[]
}

const CONTROL = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f\u0080-\u0084\u0086-\u009f\ufffe\uffff]|\r(?!\n)/g

function controlProblems(text: string, locate: Locator): Problem[] {
  const found: Problem[] = []
  for (const match of text.matchAll(CONTROL)) {
    const span = { start: match.index, end: match.index + 1 }
    found.push(locate.problem({ ...E_CONTROL_CHARACTER.found(match[0]), path: [] }, span))
    if (found.length === 100) break
  }
  return found
}

function readsAsJson(text: string, file: string): boolean {
  const extension = extname(file).toLowerCase()
  if (extension === '.json') return true
  if (extension === '.yaml' || extension === '.yml') return false
  return /^\s*[{[]/.test(text) && jsonError(text) === undefined
}

/** Errors that say nothing against the rest of the file: of a key that stands twice the first counts, a reference may be anything. */
const LOCAL = new Set<string>([E_ENV_UNSET, E_ENV_SYNTAX, E_ENCRYPTED, E_DUPLICATE_KEY].map(({ code }) => code))

/** Whether the values are worth a look. */
const looksReadable = (problems: readonly Problem[]) =>
  problems.every(({ severity, code }) => severity === 'warning' || LOCAL.has(code))

/** Parses YAML or JSON (chosen by the file's extension, else its content) and replaces `${env.NAME}`. Never throws; takes linear time. */
export function parseScenario(text: string, file: string, options: ParseOptions = {}): Parsed {
  const bare = text.startsWith('\ufeff') ? text.slice(1) : text
  const controls = controlProblems(bare, createLocator(bare, file, undefined))
  const nothing = { value: undefined, envUsed: [], references: [] }
  if (controls.length > 0) return { ...nothing, locate: createLocator(bare, file, undefined), problems: controls }
  const { root, faults } = parseTree(bare, readsAsJson(bare, file))
  const locate = createLocator(bare, file, root)
  const problems = faults.map((fault) => locate.problem({ ...fault, path: [] }, fault.span))
  if (root === undefined) return { ...nothing, locate, problems }
  const resolved = resolveTree(root, options.noEnv ? undefined : (options.env ?? process.env), locate)
  problems.push(...resolved.problems)
  const plain = plainValue(root)
  if ('broken' in plain) problems.push(locate.problem(plain.broken, locate.value(plain.broken.path)))
  const envUsed = resolved.uses
  if ('broken' in plain || !looksReadable(problems)) return { ...nothing, locate, problems, envUsed }
  return { value: plain.value, locate, problems, envUsed, references: plain.references }
}
