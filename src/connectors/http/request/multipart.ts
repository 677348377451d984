/** Forms of parts (RFC 7578) as bytes. */
import { basename } from 'node:path'
import type { MultipartPart } from './multipart-schema.ts'

const BOUNDARY = 'burn-form-boundary-'
const DIGITS = 12
const TAKEN = new RegExp(`${BOUNDARY}([0-9a-f]{${DIGITS}})`, 'g')
/** What a header of a part may hold; a line break in it would begin another header. */
const TYPE = /^[\t\x20-\x7e]*$/
const LINE = '\r\n'
const NONE: ReadonlySet<string> = new Set()
/** Files are the same bytes for every request: they are searched for boundaries once. */
const searched = new WeakMap<Buffer, ReadonlySet<string>>()

interface Piece {
  readonly head: string
  readonly content: Buffer
  /** Numbers of boundaries that the content holds. */
  readonly taken: ReadonlySet<string>
}

/** The body and its type; the same parts are always the same bytes. `problem`: why it cannot be sent. */
export function multipartContent(parts: readonly MultipartPart[]): { type: string; body: Buffer; problem?: string } {
  const pieces = parts.map(pieceOf)
  const boundary = boundaryFor(pieces)
  const bytes = pieces.flatMap(({ head, content }) => [
    Buffer.from(`--${boundary}${LINE}${head}${LINE}${LINE}`),
    content,
    Buffer.from(LINE),
  ])
  const content = {
    type: `multipart/form-data; boundary=${boundary}`,
    body: Buffer.concat([...bytes, Buffer.from(`--${boundary}--${LINE}`)]),
  }
  const problem = parts.map(problemOf).find((found) => found !== undefined)
  return problem === undefined ? content : { ...content, problem }
}

function problemOf({ type, file, content }: MultipartPart, index: number): string | undefined {
  if (type !== undefined && !TYPE.test(String(type)))
    return `the type of part ${index + 1} holds a line break, a control character or one outside of ASCII`
  return file !== undefined && content === undefined ? `the file of part ${index + 1} was not read` : undefined
}

function pieceOf(part: MultipartPart): Piece {
  const { file, value } = part
  const filename = file === undefined ? '' : `; filename="${quoted(part.filename ?? basename(file))}"`
  const type = part.type ?? (file === undefined ? undefined : 'application/octet-stream')
  const content = part.content ?? Buffer.from(textOf(value ?? ''))
  return {
    head:
      `Content-Disposition: form-data; name="${quoted(part.name)}"${filename}` +
      (type === undefined ? '' : `${LINE}Content-Type: ${type}`),
    content,
    taken: part.content === undefined ? takenIn(content) : takenInFile(content),
  }
}

/** As browsers write names: what would end the quotes or the line is percent-encoded, nothing else. */
function quoted(name: unknown): string {
  return String(name).replaceAll('"', '%22').replaceAll('\r', '%0D').replaceAll('\n', '%0A')
}

/** A template may give more than the schema lets one write. */
function textOf(value: unknown): string {
  return typeof value === 'object' && value !== null ? JSON.stringify(value) : String(value)
}

/** The first of a row that no content holds. */
function boundaryFor(pieces: readonly Piece[]): string {
  const taken = pieces.map((piece) => piece.taken).filter((found) => found.size > 0)
  let number = 0
  while (taken.some((found) => found.has(digits(number)))) number += 1
  return BOUNDARY + digits(number)
}

function digits(number: number): string {
  return number.toString(16).padStart(DIGITS, '0')
}

function takenInFile(content: Buffer): ReadonlySet<string> {
  const found = searched.get(content) ?? takenIn(content)
  searched.set(content, found)
  return found
}

function takenIn(content: Buffer): ReadonlySet<string> {
  if (!content.includes(BOUNDARY)) return NONE
  return new Set([...content.toString('latin1').matchAll(TAKEN)].map(([, number = '']) => number))
}
