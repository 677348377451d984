import { expect, test } from 'vitest'
import { genericPath, placeOf } from '../../../src/scenario/explain/places.ts'

test.each<[(string | number)[], string, string | undefined]>([
  [[], '', 'top'],
  [['target'], 'target', 'target'],
  [['targets', 'a'], 'targets.a', 'target'],
  [['targets', 'a', 'response'], 'targets.a.response', 'response'],
  [['load', 0], 'load[]', 'phase'],
  [['steps', 3], 'steps[]', 'step'],
  [['flows', 0, 'steps', 1, 'loop', 'steps', 2, 'then', 0], 'flows[].steps[].loop.steps[].then[]', 'step'],
  [['steps', 0, 'loop'], 'steps[].loop', 'loop'],
  [['steps', 0, 'expect', 1], 'steps[].expect[]', 'check'],
  [['targets'], 'targets', undefined],
  [['mysteps', 0], 'mysteps[]', undefined],
  [['steps', 0, 'expect'], 'steps[].expect', undefined],
])('%j', (path, generic, place) => {
  expect(genericPath(path)).toBe(generic)
  expect(placeOf(path)).toBe(place)
})
