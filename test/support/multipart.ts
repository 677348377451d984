/** A strict parser of multipart/form-data, which throws on everything that RFC 2046 and RFC 7578 do not allow. */

/** One part of a parsed multipart/form-data body. */
export interface ReadPart {
  readonly name: string
  readonly filename: string | undefined
  readonly type: string | undefined
  readonly content: Buffer
}

/** Parses a multipart/form-data body. @throws Error when it is not well-formed */
export function readMultipart(contentType: string, body: Buffer): ReadPart[] {
  const [, boundary = ''] = /^multipart\/form-data; boundary=([0-9A-Za-z'()+_,./:=?-]{1,70})$/.exec(contentType) ?? []
  if (boundary === '') throw new Error(`no boundary in ${contentType}`)
  // the line break before a boundary belongs to the boundary, and the body begins with a boundary
  const text = `\r\n${body.toString('latin1')}`
  const [before, ...pieces] = text.split(`\r\n--${boundary}`)
  if (before !== '') throw new Error('something stands before the first boundary')
  if (pieces.pop() !== '--\r\n') throw new Error('the last boundary is missing')
  return pieces.map(readPart)
}

function readPart(piece: string): ReadPart {
  if (!piece.startsWith('\r\n')) throw new Error('a boundary does not end its line')
  const end = piece.indexOf('\r\n\r\n')
  if (end < 0) throw new Error('a part without an end of its headers')
  const [disposition = '', ...more] = piece.slice(2, end).split('\r\n')
  const found = /^Content-Disposition: form-data; name="([^"\r\n]*)"(?:; filename="([^"\r\n]*)")?$/.exec(disposition)
  if (!found || more.length > 1) throw new Error(`headers of a part: ${piece.slice(2, end)}`)
  const type = more[0] === undefined ? undefined : /^Content-Type: ([\t\x20-\x7e]+)$/.exec(more[0])?.[1]
  if (more[0] !== undefined && type === undefined) throw new Error(`not a type: ${more[0]}`)
  const utf8 = (value: string | undefined) => (value === undefined ? undefined : Buffer.from(value, 'latin1').toString())
  return { name: utf8(found[1]) ?? '', filename: utf8(found[2]), type, content: Buffer.from(piece.slice(end + 4), 'latin1') }
}
