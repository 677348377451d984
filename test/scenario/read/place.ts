/** Where a value of a scenario stands. */
import { parseScenario } from '../../../src/scenario/read/read.ts'
import type { Path } from '../../../src/scenario/read/source/source.ts'

export const place = (text: string, path: Path, how: 'key' | 'value' = 'value', file = 'a.yaml') => {
  const { locate } = parseScenario(text, file)
  const { line, column, endColumn } = locate.place(locate[how](path))
  return `${line}:${column}-${endColumn}`
}
