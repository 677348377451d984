/** Multipart forms of imported requests. Files are not copied: a part names a file that must be put beside the scenario. */
import { isMap } from '../../../text/json.ts'

/** One part of a multipart form in an imported request: a text value or a file. */
export interface ImportedPart {
  readonly name: string
  readonly value?: string
  /** Name of the file that is sent, which must be in the folder of the scenario; undefined for a part with a text value. */
  readonly file?: string
  readonly filename?: string
  readonly type?: string
}

interface FormFile {
  readonly name: string
  /** Path of the uploaded file, as the other tool's request states it. */
  readonly path: string
  readonly filename?: string | undefined
  readonly type?: string | undefined
}

const NO_NAME = 'upload.bin'

/**
 * Returns the part of an imported request's multipart form that uploads a file, and adds a note that says where the user must put that file. `where`
 * names the request in the note.
 */
export function filePart({ name, path, filename, type }: FormFile, where: string, notes: string[]): ImportedPart {
  const own = path.split(/[/\\]/).at(-1) ?? ''
  // Braces in a path would be read as a template.
  const file = own.replaceAll(/\{\{|\}\}|\$\{|^encrypted:|\0/g, '_') || NO_NAME
  notes.push(`${where}: put the file ${file} beside the scenario: it is sent as "${name}"`)
  return { name, file, ...(filename === undefined ? {} : { filename }), ...(type ? { type } : {}) }
}

/** Returns the part of an imported request's multipart form that holds a text. `type` is its content type, if it has one. */
export function valuePart(name: string, value: string, type?: string): ImportedPart {
  return { name, value, ...(type ? { type } : {}) }
}

/**
 * Returns the parts of an imported request's multipart form with each text value replaced by the result of `change`; files stay as they are. `change`
 * gets and returns `{ name: value }`, so that it also sees the name of the part.
 */
export function mapParts(parts: readonly ImportedPart[], change: (value: unknown) => unknown): ImportedPart[] {
  return parts.map((part) => {
    if (part.value === undefined) return part
    const changed = change({ [part.name]: part.value })
    return { ...part, value: String(isMap(changed) ? Object.values(changed)[0] : part.value) }
  })
}

/**
 * Returns the parts of an imported request's multipart form with all texts escaped by `plain`, so that a scenario takes them literally; paths of
 * files stay as they are.
 */
export function plainParts(parts: readonly ImportedPart[], plain: (text: string) => string): ImportedPart[] {
  return parts.map((part) => ({
    ...part,
    name: plain(part.name),
    ...(part.filename === undefined ? {} : { filename: plain(part.filename) }),
    ...(part.type === undefined ? {} : { type: plain(part.type) }),
    ...(part.value === undefined ? {} : { value: plain(part.value) }),
  }))
}
