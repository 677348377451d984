import { parseUntrusted } from '../text/json.ts'
import { nameProblem, RecordError, type RecordFormat, type Row } from './record.ts'

const LF = 0x0a
const SPACE = 0x20

/** Reads JSON Lines: finds where each line ends, and parses it as a JSON object, which becomes a row. */
export class JsonLinesFormat implements RecordFormat {
  readonly lines = 1
  blank = false
  private start = 0
  private end = 0

  cut(bytes: Buffer, from: number, to: number, last: boolean): number {
    const found = bytes.indexOf(LF, from)
    const ended = found >= 0 && found < to
    if (!ended && !last) return -1
    this.start = from
    this.end = ended ? found : to
    this.blank = this.isBlank(bytes)
    return ended ? found + 1 : to
  }

  check(): void {}

  row(bytes: Buffer): Row {
    return rowOf(parseJson(bytes.toString('utf8', this.start, this.end)))
  }

  private isBlank(bytes: Buffer): boolean {
    let place = this.start
    while (place < this.end && (bytes[place] ?? 0) <= SPACE) place += 1
    return place === this.end
  }
}

/** Parses JSON. @throws RecordError when it is not JSON, or an integer in it is too large for JavaScript to keep all of its digits */
export function parseJson(text: string): unknown {
  let value: unknown
  try {
    value = parseUntrusted(text)
  } catch (error) {
    // V8 puts the text around the fault into its message; it is removed, because it may contain secrets.
    throw new RecordError(`this is not JSON: ${(error as Error).message.replace(/, (?:\.{3})?".*$/s, '')}`)
  }
  // Only a number of at least 16 digits can lose some; few texts have one, so few are searched.
  if (/\d{16}/.test(text)) refuseLongNumbers(value)
  return value
}

function refuseLongNumbers(value: unknown): void {
  if (typeof value === 'number' && Number.isInteger(value) && !Number.isSafeInteger(value)) {
    throw new RecordError(`the number ${value} would lose digits`, 0, 'write it as text, in quotes')
  }
  if (typeof value === 'object' && value !== null) Object.values(value).forEach(refuseLongNumbers)
}

/**
 * Returns a parsed JSON value as a row of a data file; the members of the value become the columns.
 * @throws RecordError when the value is not an object, or has a member whose name cannot be a column name
 */
export function rowOf(value: unknown): Row {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new RecordError('a row must be a map', 0, 'such as {"name": "Ada"}')
  }
  const problem = Object.keys(value)
    .map(nameProblem)
    .find((text) => text !== undefined)
  if (problem !== undefined) throw new RecordError(problem)
  return value as Row // an object that is not a list maps names to values
}
