import { appendFileSync, mkdirSync, readFileSync, statSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { Judgements } from '../../src/store/judgements.ts'
import { tempFolders } from './temp.ts'

const newFolder = tempFolders()
const opened = (path: string, problems: string[] = []) =>
  new Judgements(
    path,
    (text) => text.replaceAll('s3cret-token', '[secret]'),
    (problem) => problems.push(problem),
  )

test('answers are found again by another process, with their secrets masked, in a folder that is made for them', () => {
  const path = join(newFolder(), 'results', 'judgements.jsonl')
  const first = opened(path)
  expect(first.get('a')).toBeUndefined()
  first.add('a', '{"score": 4, "reason": "it says s3cret-token"}')
  first.add('b', '{"score": 1}')
  const second = opened(path)
  expect([second.get('a'), second.get('b'), second.get('c')]).toEqual([
    '{"score": 4, "reason": "it says [secret]"}',
    '{"score": 1}',
    undefined,
  ])
})

test('lines that are none are passed over, and what was cut off does not spoil the next', () => {
  const path = join(newFolder(), 'judgements.jsonl')
  writeFileSync(
    path,
    '{"key":"a","answer":"1"}\nnull\n{"key":3,"answer":"x"}\nnot json\n{"key":"b","answer":"2"}\n{"key":"c","ans',
  )
  const known = opened(path)
  expect([known.get('a'), known.get('b'), known.get('c')]).toEqual(['1', '2', undefined])
  appendFileSync(path, '\n')
  known.add('d', '4')
  expect(opened(path).get('d')).toBe('4')
})

test('a place where nothing can be kept is said once, and what was asked counts all the same', () => {
  const folder = newFolder()
  const path = join(folder, 'judgements.jsonl')
  mkdirSync(path)
  const problems: string[] = []
  const known = opened(path, problems)
  expect(known.get('a')).toBeUndefined()
  known.add('a', '1')
  known.add('b', '2')
  expect(problems).toEqual([expect.stringContaining(`${path}: answers of the judge are not kept: EISDIR`)])
  expect(() => readFileSync(path)).toThrow()
})

test('a file that is too large to be read grows no further, and that is said once', () => {
  const path = join(newFolder(), 'judgements.jsonl')
  writeFileSync(path, '{"key":"a","answer":"1"}\n')
  const size = 64 * 1024 * 1024 + 1
  truncateSync(path, size)
  const problems: string[] = []
  const known = opened(path, problems)
  expect(known.get('a')).toBeUndefined()
  known.add('b', '2')
  expect(statSync(path).size).toBe(size)
  expect(problems).toEqual([
    `${path}: answers of the judge are not kept: it is larger than 64 MiB: move it elsewhere, and a new one is begun`,
  ])
})
