/** A strict little XML parser for tests: throws on what is not well-formed. No CDATA, comments or DTDs, which our reports do not use. */

export interface XmlElement {
  readonly name: string
  readonly attributes: Record<string, string>
  readonly children: XmlElement[]
  text: string
}

const NOT_XML = /[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/u
const TAG = /<(\/?)([A-Za-z][\w.-]*)((?:\s+[A-Za-z][\w.:-]*="[^"<]*")*)\s*(\/?)>/y
const ATTRIBUTE = /([A-Za-z][\w.:-]*)="([^"<]*)"/g
const ENTITIES: Record<string, string> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" }

/** The root element. */
export function parseXml(text: string): XmlElement {
  const bad = NOT_XML.exec(text)
  if (bad) throw new Error(`character ${bad[0].codePointAt(0)?.toString(16)} at ${bad.index} is not allowed in XML`)
  const declaration = '<?xml version="1.0" encoding="UTF-8"?>\n'
  if (!text.startsWith(declaration)) throw new Error('no XML declaration')
  const outer: XmlElement = { name: '', attributes: {}, children: [], text: '' }
  const open = [outer]
  for (let at = declaration.length; at < text.length; ) {
    const top = open.at(-1) ?? outer
    if (text[at] === '<') {
      TAG.lastIndex = at
      const tag = TAG.exec(text)
      if (!tag) throw new Error(`bad tag at ${at}: ${text.slice(at, at + 60)}`)
      takeTag(tag, open, top)
      at = TAG.lastIndex
    } else {
      const end = text.indexOf('<', at) === -1 ? text.length : text.indexOf('<', at)
      const piece = text.slice(at, end)
      if (piece.includes(']]>')) throw new Error(']]> in text')
      if (open.length === 1 && piece.trim() !== '') throw new Error('text outside of the root')
      top.text += decode(piece)
      at = end
    }
  }
  const [root, ...others] = outer.children
  if (open.length !== 1 || root === undefined || others.length > 0) throw new Error('unclosed element, or not exactly one root')
  return root
}

function takeTag(tag: RegExpExecArray, open: XmlElement[], top: XmlElement): void {
  const [, closing, name = '', attributeText = '', empty] = tag
  if (closing) {
    if (top.name !== name) throw new Error(`</${name}> closes <${top.name}>`)
    open.pop()
    return
  }
  const attributes: Record<string, string> = {}
  for (const [, key = '', value = ''] of attributeText.matchAll(ATTRIBUTE)) {
    if (Object.hasOwn(attributes, key)) throw new Error(`attribute ${key} twice`)
    attributes[key] = decode(value)
  }
  const element: XmlElement = { name, attributes, children: [], text: '' }
  top.children.push(element)
  if (!empty) open.push(element)
}

function decode(text: string): string {
  return text.replace(/&([^;&]*);?/g, (whole, name: string) => {
    if (!whole.endsWith(';')) throw new Error(`bare & before ${text.slice(0, 40)}`)
    const number = /^#(?:x([0-9a-fA-F]+)|(\d+))$/.exec(name)
    const found = number ? String.fromCodePoint(number[1] ? Number.parseInt(number[1], 16) : Number(number[2])) : ENTITIES[name]
    if (found === undefined) throw new Error(`unknown entity ${name}`)
    if (NOT_XML.test(found)) throw new Error(`entity ${name} is not allowed in XML`)
    return found
  })
}
