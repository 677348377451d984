import { afterEach, expect, test, vi } from 'vitest'
import { compileTemplate } from '../../../src/language/template/template.ts'
import { failure } from './scope.ts'

afterEach(() => vi.restoreAllMocks())

test.each(['{{repeat a 9}}', '{{repeat "x" a}}', '{{randomInt 2000000 a}}', '{{randomText a}}', '{{div 1 a}}', '{{lt a "5"}}'])(
  '%s may do: an argument is not known before a run',
  (source) => expect(compileTemplate(source).variables).toEqual(['a']),
)

test('without a random stream, helpers that need one complain', () => {
  expect(failure(() => compileTemplate('{{uuid}}').render({})).message).toContain('random values are not available')
})
