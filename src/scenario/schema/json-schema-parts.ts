/** Makes a generated JSON Schema small and readable: equal parts occur once, under descriptive names. */

import { isMap } from '../../text/json.ts'

/** A JSON Schema, or a part of one. */
export type JsonSchema = { [key: string]: unknown }

/** Smallest length, as JSON, of a part that is shared; shorter ones are repeated. */
const MIN_SHARED = 300
const REF = '#/$defs/'

/** Returns a part of a schema without keys such as `description`, in which two uses of the part may differ. */
function core({
  description: _description,
  markdownDescription: _markdown,
  default: _default,
  title: _title,
  ...rest
}: JsonSchema): JsonSchema {
  return rest
}

/** Returns true for a definition by which zod spells out "any JSON value"; the empty schema means the same. */
function isAnyJson(id: string, defs: JsonSchema): boolean {
  const text = JSON.stringify(defs[id] ?? '')
  return text.includes('"null"') && text.split(`${REF}${id}"`).length === 3 && /^\{"anyOf":\[\{"type":"string"\}/.test(text)
}

class Sharer {
  readonly shared: JsonSchema = {}
  private readonly defs: JsonSchema
  private readonly counts = new Map<string, number>()
  /** The name of each shared part, by its id in zod or its text. */
  private readonly names = new Map<string, string>()

  constructor(defs: JsonSchema) {
    this.defs = defs
  }

  /** Counts how often each part of a JSON Schema occurs in it. */
  count(part: unknown): void {
    if (Array.isArray(part)) for (const item of part) this.count(item)
    if (!isMap(part)) return
    const text = JSON.stringify(core(part))
    this.counts.set(text, (this.counts.get(text) ?? 0) + 1)
    for (const value of Object.values(part)) this.count(value)
  }

  /** Returns the part `part` of a JSON Schema, found under `key`, with shared parts replaced by references. */
  schema(part: unknown, key: string): unknown {
    if (!isMap(part)) return part
    if (typeof part.$ref === 'string') return this.reference(part, part.$ref.slice(REF.length), key)
    const bare = core(part)
    const text = JSON.stringify(bare)
    if (text.length < MIN_SHARED || (this.counts.get(text) ?? 0) < 2) return this.inside(part, key)
    return { ...besideReference(part), $ref: REF + this.share(text, bare, key) }
  }

  private reference(part: JsonSchema, id: string, key: string): unknown {
    if (isAnyJson(id, this.defs)) return besideReference(part)
    const found = this.defs[id]
    const known = isMap(found) ? found : {}
    return { ...besideReference(known), ...besideReference(part), $ref: REF + this.share(id, core(known), key) }
  }

  private share(identity: string, part: JsonSchema, key: string): string {
    const known = this.names.get(identity)
    if (known !== undefined) return known
    const taken = new Set(this.names.values())
    let name = key
    for (let n = 2; taken.has(name); n += 1) name = `${key}${n}`
    this.names.set(identity, name)
    this.shared[name] = {}
    this.shared[name] = this.inside(part, key)
    return name
  }

  private inside(part: JsonSchema, key: string): JsonSchema {
    return Object.fromEntries(Object.entries(part).map(([keyword, value]) => [keyword, this.keyword(keyword, value, key)]))
  }

  private keyword(keyword: string, value: unknown, key: string): unknown {
    if (keyword === 'properties' && isMap(value))
      return Object.fromEntries(Object.entries(value).map(([name, part]) => [name, this.schema(part, name)]))
    if ((keyword === 'anyOf' || keyword === 'oneOf' || keyword === 'allOf') && Array.isArray(value))
      return value.map((form) => this.schema(form, key))
    return keyword === 'items' || keyword === 'additionalProperties' || keyword === 'propertyNames'
      ? this.schema(value, key)
      : value
  }
}

/** Returns the keys of a part, such as its description, that stay next to the `$ref` by which the part is replaced. */
function besideReference({ description, markdownDescription, default: standard, title }: JsonSchema): JsonSchema {
  return Object.fromEntries(
    Object.entries({ title, description, markdownDescription, default: standard }).filter(([, value]) => value !== undefined),
  )
}

/**
 * Returns a JSON Schema in which each long part that occurs more than once, and each that refers to itself, is moved to `$defs`, so that it is
 * written only once.
 */
export function shareParts({ $defs, ...schema }: JsonSchema): JsonSchema {
  const defs = isMap($defs) ? $defs : {}
  const sharer = new Sharer(defs)
  sharer.count(schema)
  sharer.count(defs)
  const root = sharer.schema(schema, 'scenario')
  return { ...(isMap(root) ? root : {}), $defs: sharer.shared }
}
