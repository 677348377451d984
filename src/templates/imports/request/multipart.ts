/** Multipart forms of other tools. Files do not come along: a part names the file that has to lie beside the scenario. */
import { isMap } from '../../../text/json.ts'

export interface ImportedPart {
  readonly name: string
  readonly value?: string
  /** Name of a file in the folder of the scenario. */
  readonly file?: string
  readonly filename?: string
  readonly type?: string
}

interface FormFile {
  readonly name: string
  /** Wherever the other tool found it. */
  readonly path: string
  readonly filename?: string | undefined
  readonly type?: string | undefined
}

const NO_NAME = 'upload.bin'

/** A part with a file, and a note on where to put it. `where`: the request that sends it. */
export function filePart({ name, path, filename, type }: FormFile, where: string, notes: string[]): ImportedPart {
  const own = path.split(/[/\\]/).at(-1) ?? ''
  // A path with braces would be taken for a template.
  const file = own.replaceAll(/\{\{|\}\}|\$\{|^encrypted:|\0/g, '_') || NO_NAME
  notes.push(`${where}: put the file ${file} beside the scenario: it is sent as "${name}"`)
  return { name, file, ...(filename === undefined ? {} : { filename }), ...(type ? { type } : {}) }
}

/** A part with a text. */
export function valuePart(name: string, value: string, type?: string): ImportedPart {
  return { name, value, ...(type ? { type } : {}) }
}

/** Parts with their values changed; the change is given each as a map from the name of its field. */
export function mapParts(parts: readonly ImportedPart[], change: (value: unknown) => unknown): ImportedPart[] {
  return parts.map((part) => {
    if (part.value === undefined) return part
    const changed = change({ [part.name]: part.value })
    return { ...part, value: String(isMap(changed) ? Object.values(changed)[0] : part.value) }
  })
}

/** The texts of parts, but for their values, with what looks like a template changed. */
export function plainParts(parts: readonly ImportedPart[], plain: (text: string) => string): ImportedPart[] {
  return parts.map((part) => ({
    ...part,
    name: plain(part.name),
    ...(part.filename === undefined ? {} : { filename: plain(part.filename) }),
    ...(part.type === undefined ? {} : { type: plain(part.type) }),
    ...(part.value === undefined ? {} : { value: plain(part.value) }),
  }))
}
