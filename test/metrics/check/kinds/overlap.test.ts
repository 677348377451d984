import { expect, test } from 'vitest'
import { lines, run } from '../reply.ts'

const to = 'the cat sat on the mat'

test.each<[string, object, boolean, string]>([
  ['The cat sat.', { 'rouge-n': to }, false, 'rouge-1 0.67'],
  ['The cat sat.', { 'rouge-n': { to, threshold: 0.66 } }, true, 'rouge-1 0.67'],
  ['The cat sat.', { 'rouge-n': { to, mode: 'recall', threshold: 0.5 } }, true, 'rouge-1 0.50'],
  ['The cat sat.', { 'rouge-n': { to, mode: 'precision', threshold: 1 } }, true, 'rouge-1 1.00'],
  ['The cat sat.', { 'rouge-n': { to, n: 2, threshold: 0.9 } }, false, 'rouge-2 0.57'],
  ['The cat sat.', { 'not-rouge-n': to }, true, 'rouge-1 0.67'],
  ['the cat sat on mat', { bleu: to }, true, 'bleu 0.58'],
  ['the cat sat on mat', { bleu: { to, threshold: 0.6 } }, false, 'bleu 0.58'],
  ['the cat sat on mat', { bleu: ['no', to] }, true, 'bleu 0.58'],
  ['the cat sat on mat', { gleu: { to: ['no', to], threshold: 0.61 } }, true, 'gleu 0.61'],
  ['the cat sat on mat', { gleu: { to: 'no' } }, false, 'gleu 0.00'],
  ['anything', { gleu: { to, threshold: 0 } }, true, 'gleu 0.00'],
  ['', { 'rouge-n': to }, false, 'rouge-1 0.00: an empty reply'],
])('%j with %j: %s', (text, item, passed, observed) => {
  const verdict = run(item, { text })
  expect(verdict.passed).toBe(passed)
  expect(verdict.observed).toContain(observed)
})

test('a reference without words decides neither the check nor its opposite', () => {
  for (const key of ['rouge-n', 'not-rouge-n', 'bleu', 'not-gleu'])
    expect(run({ [key]: '…' }, { text: 'a' })).toMatchObject({ passed: false, undecided: true })
})

test('the form of promptfoo', () => {
  expect(lines({ type: 'rouge-n', value: to, threshold: 0.5 })).toEqual([{ 'rouge-n': { to, threshold: 0.5 } }])
  expect(lines({ type: 'not-bleu', value: [to, 'a'], threshold: 0 })).toEqual([{ 'not-bleu': { to: [to, 'a'], threshold: 0 } }])
})
