/** Whether a message says what was written: the library drops unknown fields and turns bad values into zero, without a word. */

/**
 * The first field of `written` that did not survive the way through bytes and back, in words; undefined when all did.
 * Numbers may lose what their type cannot hold of a fraction, but not more.
 */
export function lostField(written: unknown, read: unknown, path = ''): string | undefined {
  if (written === null || written === undefined) return undefined
  if (Array.isArray(written)) return lostItem(written, read, path)
  if (typeof written === 'object' && !(written instanceof Uint8Array)) return lostMember(written, read, path)
  return same(written, read) ? undefined : `${path}: ${JSON.stringify(written)} is not a value of this field`
}

function lostItem(written: readonly unknown[], read: unknown, path: string): string | undefined {
  const items: readonly unknown[] = Array.isArray(read) ? read : []
  for (const [index, item] of written.entries()) {
    const lost = lostField(item, items[index], `${path}[${index}]`)
    if (lost !== undefined) return lost
  }
  return undefined
}

function lostMember(written: object, read: unknown, path: string): string | undefined {
  const members: ReadonlyMap<string, unknown> = new Map(typeof read === 'object' && read !== null ? Object.entries(read) : [])
  for (const [name, value] of Object.entries(written)) {
    const inner = path === '' ? name : `${path}.${name}`
    if (value === null || value === undefined) continue
    if (!members.has(name)) return `${inner}: the message has no such field`
    const lost = lostField(value, members.get(name), inner)
    if (lost !== undefined) return lost
  }
  return undefined
}

function same(written: unknown, read: unknown): boolean {
  if (written === read || String(written) === String(read)) return true
  if (written instanceof Uint8Array) return true
  // an enum given by its number reads as a name
  if (typeof written === 'number' && typeof read === 'string') return Number.isInteger(written)
  if (typeof read === 'number') return Math.fround(Number(written)) === Math.fround(read)
  if (typeof read === 'boolean') return false
  return typeof written === 'string' && typeof read === 'string' && sameBytes(written, read)
}

/** Base64 in either alphabet, with or without padding. */
function sameBytes(written: string, read: string): boolean {
  const bytes = Buffer.from(written, 'base64')
  return bytes.length > 0 && bytes.equals(Buffer.from(read, 'base64'))
}
