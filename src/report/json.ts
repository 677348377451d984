/** The result itself, indented. */
import type { Reporter } from './reporter.ts'

/** Controls and invisible characters that `JSON.stringify` leaves as they are; a terminal would obey them. */
const UNSEEN = /[\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/g

export const json: Reporter = {
  extension: 'json',
  describe: 'the whole result, as result.json has it',
  render: (result) => `${JSON.stringify(result, null, 2).replace(UNSEEN, escaped)}\n`,
}

function escaped(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`
}
