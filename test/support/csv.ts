/** A reader of CSV by the letter of RFC 4180, apart from what writes it. */

/** Reads CSV with CR and LF at the end of each line into its cells. @throws Error for what the RFC does not allow */
export function readCsv(text: string): string[][] {
  const rows: string[][] = []
  let at = 0
  while (at < text.length) {
    const row: string[] = []
    for (;;) {
      const cell = text[at] === '"' ? quoted(text, at) : plain(text, at)
      row.push(cell.value)
      at = cell.end
      if (text[at] !== ',') break
      at += 1
    }
    if (!text.startsWith('\r\n', at)) throw new Error(`no end of line at ${at}: ${JSON.stringify(text.slice(at, at + 20))}`)
    at += 2
    rows.push(row)
  }
  return rows
}

interface CsvCell {
  readonly value: string
  readonly end: number
}

function quoted(text: string, from: number): CsvCell {
  let value = ''
  for (let at = from + 1; at < text.length; at += 1) {
    if (text[at] !== '"') value += text[at]
    else if (text[at + 1] === '"') {
      value += '"'
      at += 1
    } else return { value, end: at + 1 }
  }
  throw new Error(`the quote at ${from} is not closed`)
}

function plain(text: string, from: number): CsvCell {
  let end = from
  while (end < text.length && text[end] !== ',' && text[end] !== '\r') {
    if (text[end] === '"' || text[end] === '\n') throw new Error(`${JSON.stringify(text[end])} at ${end} is not quoted`)
    end += 1
  }
  return { value: text.slice(from, end), end }
}
