/** What the YAML parser complains about, in words for people. */
import type { YAMLError } from 'yaml'
import type { SourceFault } from './source.ts'

const QUOTES = 'a text with [ ] { } , # or : in it may need quotes around it'

const HINTS: Partial<Record<YAMLError['code'], string>> = {
  TAB_AS_INDENT: 'indent with spaces',
  MULTILINE_IMPLICIT_KEY: 'a text that goes on over lines needs quotes, or | after the key',
  BLOCK_AS_IMPLICIT_KEY: QUOTES,
  UNEXPECTED_TOKEN: QUOTES,
  BAD_ALIAS: 'quote it if a text that begins with * is meant',
}

/** The parser's names of its tokens. */
const WORDS: Readonly<Record<string, string>> = {
  'flow-seq-start': '"["',
  'flow-seq-end': '"]"',
  'flow-map-start': '"{"',
  'flow-map-end': '"}"',
  'flow-error-end': 'end of the list or map',
  'flow-collection': 'list or map',
  'seq-item-ind': '"-"',
  'map-value-ind': '":"',
  'explicit-key-ind': '"?"',
  'block-map': 'map',
  'block-seq': 'list',
  scalar: 'text',
  'double-quoted-scalar': 'quoted text',
  'single-quoted-scalar': 'quoted text',
}

function worded(message: string): string {
  return message
    .replace(/(?<=Unexpected )[a-z-]+/g, (word) => WORDS[word] ?? word)
    .replace(/ at node end$/, ' after the end of a value')
    .replace(/ token in YAML stream: .*$/s, ' after the end of a value')
}

function lineAround(text: string, offset: number): string {
  const start = text.lastIndexOf('\n', offset - 1) + 1
  const end = text.indexOf('\n', offset)
  return text.slice(start, Math.min(end === -1 ? text.length : end, start + 500))
}

function hintOf({ code, message, pos }: YAMLError, text: string): string | undefined {
  const line = lineAround(text, pos[0])
  if (/[:-]\s+\{\{/.test(line)) return 'a text that begins with {{ needs quotes around it'
  if (/[{[].*\$\{/.test(line)) return 'inside of { } and [ ] a ${…} needs quotes around it'
  if (code !== 'BAD_INDENT') return HINTS[code]
  return message.startsWith('Flow') ? 'a list or map that begins above is not closed' : 'keys of one map start in the same column'
}

function faultOf(error: YAMLError, text: string): SourceFault {
  const { code, message } = error
  const [start, end] = error.pos
  const hint = hintOf(error, text)
  const tag = code === 'TAG_RESOLVE_FAILED'
  return {
    code: tag ? 'E_TAG' : 'E_SYNTAX',
    message: tag ? `${message.replace(/[.]$/, '')}: tags are not supported` : worded(message),
    span: { start, end },
    ...(hint === undefined ? {} : { hint }),
  }
}

/** All faults up to the first one that the parser does not get over: whatever it says after that is an echo. */
export function syntaxFaults(errors: readonly YAMLError[], text: string): SourceFault[] {
  const lost = errors.findIndex(({ code }) => code === 'UNEXPECTED_TOKEN')
  return errors.slice(0, lost === -1 ? undefined : lost + 1).map((error) => faultOf(error, text))
}
