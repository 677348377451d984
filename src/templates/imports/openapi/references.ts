import { isMap } from '../../../text/json.ts'
import type { Data } from '../../template.ts'

/** The largest number of references followed in a row, which ends circles of references. */
const MAX_HOPS = 20

/** Resolves the `$ref` references in an OpenAPI document, and collects notes for the user about its conversion. */
export class References {
  private readonly root: unknown
  private readonly notes: string[]

  constructor(root: unknown, notes: string[]) {
    this.root = root
    this.notes = notes
  }

  /** Returns `value` if it is a map, or the map to which its `$ref` points; an empty map when there is none. */
  resolve(value: unknown): Data {
    let found = value
    for (let hops = 0; hops < MAX_HOPS && isMap(found) && typeof found.$ref === 'string'; hops += 1)
      found = this.follow(found.$ref)
    return isMap(found) && found.$ref === undefined ? found : {}
  }

  /** Adds a note about a part of the OpenAPI document that is not converted. */
  note(text: string): void {
    this.notes.push(text)
  }

  private follow(reference: string): unknown {
    if (!reference.startsWith('#')) {
      this.notes.push(`$ref ${reference} points outside the file, and was left out`)
      return undefined
    }
    const keys = reference
      .slice(1)
      .split('/')
      .filter((key) => key !== '')
      .map((key) => decoded(key).replaceAll('~1', '/').replaceAll('~0', '~'))
    return keys.reduce<unknown>((value, key) => childOf(value, key), this.root)
  }
}

function childOf(value: unknown, key: string): unknown {
  if (Array.isArray(value)) return value[Number(key)]
  return isMap(value) && Object.hasOwn(value, key) ? value[key] : undefined
}

function decoded(key: string): string {
  try {
    return decodeURIComponent(key)
  } catch {
    return key
  }
}
