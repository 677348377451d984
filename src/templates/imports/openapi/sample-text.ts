import { compileRegex, RegexError } from '../../../language/regex.ts'
import type { Data } from '../../template.ts'
import { isMarked, marked, withMarks } from './marks.ts'

/** Sample texts for the `format` of a JSON Schema; those that should differ between requests are templates. */
const FORMATS: Readonly<Record<string, string>> = {
  uuid: marked('uuid'),
  'date-time': marked('isoTimestamp'),
  date: '2025-01-31',
  time: '12:00:00Z',
  duration: 'PT1H',
  email: marked('email'),
  'idn-email': marked('email'),
  uri: 'https://example.com/',
  url: 'https://example.com/',
  iri: 'https://example.com/',
  'uri-reference': '/example',
  hostname: 'example.com',
  ipv4: '192.0.2.1',
  ipv6: '2001:db8::1',
  byte: 'YnVybg==',
  password: 'example-password',
  'json-pointer': '/example',
}

/** Plain texts that are tried as samples for the `pattern` of a JSON Schema. */
const TRIES = [
  'example',
  'Example',
  'EXAMPLE',
  '1',
  '12345',
  '123456789012',
  'a',
  'A',
  'example-1',
  'example_1',
  'a1',
  'A1',
  'en',
  'en-US',
  '#aabbcc',
  '0.1',
  '1.0.0',
  '2025-01-31',
  '12:00',
  'https://example.com/',
  'example.com',
  'a@example.com',
  '/example',
  '+15550100',
  'true',
  '0123456789abcdef0123456789abcdef',
  '00000000-0000-4000-8000-000000000000',
]
const LONGEST = 10_000

/**
 * Returns a sample text for a JSON Schema of type string; it may be a placeholder for a template helper (see `marked`). If no text is found that
 * matches the schema's `pattern`, `note` is called with a message, and the text may not match.
 */
export function sampleText(schema: Data, note: (note: string) => void): string {
  const { format, pattern, minLength, maxLength } = schema
  const known = typeof format === 'string' ? FORMATS[format] : undefined
  const least = Math.min(LONGEST, typeof minLength === 'number' ? minLength : 0)
  const most = typeof maxLength === 'number' ? maxLength : Number.POSITIVE_INFINITY
  const fitted = (text: string) => text.padEnd(least, 'x').slice(0, most)
  if (typeof pattern === 'string') return withPattern(pattern, known, least, most, note) ?? known ?? fitted('example')
  if (known !== undefined && (isMarked(known) || (known.length >= least && known.length <= most))) return known
  return fitted('example')
}

function withPattern(
  pattern: string,
  known: string | undefined,
  least: number,
  most: number,
  note: (note: string) => void,
): string | undefined {
  const matches = matcher(pattern)
  const stretched = TRIES.flatMap((text) => [
    text,
    text.padEnd(least, text.at(-1)),
    text.slice(0, most),
    ...[1, 2, 3, 4, 8, 10].map((length) => text.slice(0, length)),
  ])
  const found =
    matches &&
    [...(known === undefined || isMarked(known) ? [] : [known]), ...stretched].find(
      (text) => text.length >= least && text.length <= most && matches(text),
    )
  if (found === undefined)
    note(
      `the pattern ${pattern.slice(0, 100)} is not honoured: put a fitting text in place of "${withMarks(known ?? 'example')}"`,
    )
  return found
}

function matcher(pattern: string): ((text: string) => boolean) | undefined {
  try {
    const regex = compileRegex(pattern)
    return (text) => regex.test(text)
  } catch (error) {
    if (error instanceof RegexError) return undefined
    throw error
  }
}
