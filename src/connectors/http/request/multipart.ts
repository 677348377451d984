import { basename } from 'node:path'
import { toText } from '../../../language/helpers/arguments.ts'
import type { MultipartPart } from './multipart-schema.ts'

const BOUNDARY = 'burn-form-boundary-'
const DIGITS = 12
const TAKEN = new RegExp(`${BOUNDARY}([0-9a-f]{${DIGITS}})`, 'g')
/** Matches a valid content type of a part; a line break in it would begin another header. */
const TYPE = /^[\t\x20-\x7e]*$/
const LINE = '\r\n'
const NONE: ReadonlySet<string> = new Set()
/** Numbers of multipart boundaries that occur in file contents. Files are the same for every request, so each is searched once. */
const searched = new WeakMap<Buffer, ReadonlySet<string>>()

interface FormPiece {
  readonly head: string
  readonly content: Buffer
  /** The hexadecimal numbers of boundaries that occur in the content and so cannot separate the parts. */
  readonly taken: ReadonlySet<string>
}

/** Encodes a multipart form (RFC 7578). Returns its body, its content type and, when the form cannot be sent, a `problem` that says why. */
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

function pieceOf(part: MultipartPart): FormPiece {
  const { file, value } = part
  const filename = file === undefined ? '' : `; filename="${quoted(part.filename ?? basename(file))}"`
  const type = part.type ?? (file === undefined ? undefined : 'application/octet-stream')
  const content = part.content ?? Buffer.from(toText(value ?? ''))
  return {
    head:
      `Content-Disposition: form-data; name="${quoted(part.name)}"${filename}` +
      (type === undefined ? '' : `${LINE}Content-Type: ${type}`),
    content,
    taken: part.content === undefined ? takenIn(content) : takenInFile(content),
  }
}

/** Quotes a field or file name as browsers do: only quotes and line ends are percent-encoded. */
function quoted(name: unknown): string {
  return String(name).replaceAll('"', '%22').replaceAll('\r', '%0D').replaceAll('\n', '%0A')
}

/** Returns the first boundary of a numbered series that occurs in no part of the form. */
function boundaryFor(pieces: readonly FormPiece[]): string {
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
