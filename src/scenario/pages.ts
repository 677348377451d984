/** The pages of the problem codes, which say more than one line can. */
import { packagedText } from '../packaged.ts'
import * as kinds from './codes.ts'
import type { Code } from './read/source/finding.ts'

const OTHERS: readonly Code[] = [
  'E_DATA',
  'E_GRPC_MESSAGE',
  'E_GRPC_METHOD',
  'E_HEADER',
  'E_NO_DESTINATION',
  'E_REQUEST',
  'E_UNKNOWN_COLUMN',
  'E_UNKNOWN_MEMBER',
  'E_UNKNOWN_VARIABLE',
  'E_URL',
  'E_VARIABLE_CYCLE',
  'W_DATA',
  'W_NO_MODEL',
  'W_NO_PRICES',
  'W_NUMBER_FORM',
  'W_PROXY',
  'W_SECRET_LITERAL',
  'W_SECRET_SHORT',
  'W_TLS_INSECURE',
  'W_UNUSED_BLOCK',
  'W_URL_CREDENTIALS',
  'W_VARIABLE_LATER',
]

/** The codes of all problems that a scenario can have, sorted. */
export const CODES: readonly Code[] = [...Object.values(kinds).map(({ code }) => code), ...OTHERS].sort()

/** Returns the documentation page of a problem code, in Markdown; its first line is the code. */
export const pageOf = (code: Code): string => packagedText(`scenarios/problems/${code}.md`)

/** Returns the first paragraph of the page of a problem code, on one line. */
export function meaningOf(code: Code): string {
  const [, meaning = ''] = pageOf(code).split('\n\n')
  return meaning.replaceAll('\n', ' ')
}

/** Returns the page of a problem code as plain text: examples are indented instead of fenced. */
export function plainPage(code: Code): string {
  const page = pageOf(code).replace(/^```\w+\n([\s\S]*?)^```$/gm, (_, example: string) =>
    example.trimEnd().replace(/^/gm, '    '),
  )
  return page
    .replace(/^# /, '')
    .replace(/^See also: \[.*\]\(\.\.\/(.*)\)$/m, 'See also: scenarios/$1')
    .trimEnd()
}
