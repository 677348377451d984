/** Renders a template at a fixed time, with a fixed stream of random numbers. */
import { compileTemplate } from '../../../src/language/template/template.ts'
import { createRandom } from '../../../src/random.ts'

export const random = createRandom('helpers')

export const render = (source: string, scope = {}) =>
  compileTemplate(source).render(scope, random, () => Date.UTC(2024, 1, 29, 12, 30, 15, 250))
