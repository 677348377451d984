/** Markup stripped from a reply, so that checks see words. Every pattern is linear: none nests a repetition in another. */

/** Text to text. */
export type Transform = (text: string) => string

const ENTITIES: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'", nbsp: ' ' }

/** By the name that `transform` takes in a mapping. */
export const transforms = {
  none: (text) => text,
  markdown: stripMarkdown,
  html: stripHtml,
} satisfies Record<string, Transform>

/** Headings, emphasis, code marks, quotes and list marks go; links keep their words. */
function stripMarkdown(text: string): string {
  return text
    .replace(/^```[^\n]*$/gm, '')
    .replace(/^ {0,3}(?:#{1,6} |> |[-*+] )/gm, '')
    .replace(/!?\[([^[\]\n]*)\]\([^()\n]*\)/g, '$1')
    .replace(/(\*\*|__|~~)(?=\S)/g, '')
    .replace(/(?<=\S)(\*\*|__|~~)/g, '')
    .replace(/(?<![\w*])\*(?=\S)|(?<=\S)\*(?![\w*])|`/g, '')
    .trim()
}

/** Tags, comments, scripts and styles go; the common entities become characters; blank runs become one space. */
function stripHtml(text: string): string {
  return dropElements(text)
    .replace(/<[/!?a-zA-Z][^<>]*>/g, ' ')
    .replace(/&(?:#(\d{1,7})|#x([0-9a-fA-F]{1,6})|([a-z]{2,4}));/g, decodeEntity)
    .replace(/\s+/g, ' ')
    .trim()
}

/** Cuts out script and style elements with their content, by searching ahead: a lazy pattern would be quadratic on unclosed ones. */
function dropElements(text: string): string {
  const open = /<(script|style)\b/gi
  const kept: string[] = []
  let from = 0
  for (let match = open.exec(text); match !== null; match = open.exec(text)) {
    const close = new RegExp(`</${match[1]}\\s*>`, 'gi')
    close.lastIndex = match.index
    const end = close.exec(text)
    kept.push(text.slice(from, match.index))
    if (end === null) return kept.join(' ')
    from = close.lastIndex
    open.lastIndex = from
  }
  kept.push(text.slice(from))
  return kept.join(' ')
}

function decodeEntity(whole: string, decimal?: string, hex?: string, name?: string): string {
  if (name !== undefined) return ENTITIES[name] ?? whole
  const point = decimal === undefined ? Number.parseInt(hex ?? '', 16) : Number(decimal)
  return point > 0 && point <= 0x10ffff ? String.fromCodePoint(point) : whole
}
