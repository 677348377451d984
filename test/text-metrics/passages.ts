/** Passages of English prose, of which it is known how they were made: the sentences of this project's own documentation. */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { createRandom } from '../../src/random.ts'

const ROOT = join(import.meta.dirname, '..', '..')
const PROBLEMS = join(ROOT, 'scenarios', 'problems')

/** Lines of a Markdown file that are prose: no code, tables, lists or headings. */
function proseLines(file: string): string[] {
  const outsideCode = readFileSync(file, 'utf8').replace(/^```[\s\S]*?^```$/gm, '')
  return outsideCode.split('\n').filter((line) => line.trim() !== '' && !/^\s*(?:[|#<>*-]|\d+\.|\$)/.test(line))
}

const FILES = [
  join(ROOT, 'README.md'),
  join(ROOT, 'scenarios', 'README.md'),
  join(ROOT, 'CHANGELOG.md'),
  ...readdirSync(PROBLEMS)
    .filter((name) => name.endsWith('.md') && name !== 'README.md')
    .sort()
    .map((name) => join(PROBLEMS, name)),
]

/** Returns at most 400 passages of so many words, each beginning a quarter of its length after the one before. */
export function passages(length: number): string[] {
  const words = FILES.flatMap(proseLines).join(' ').split(/\s+/)
  const step = Math.ceil(length / 4)
  const count = Math.min(400, Math.floor((words.length - length) / step))
  return Array.from({ length: count }, (_, index) => words.slice(index * step, index * step + length).join(' '))
}

/** Returns a text of which the last quarter to half is one span of 1 to 30 words, said again and again, at least three times. */
export function withLoop(text: string, seed: number): string {
  const random = createRandom(seed, 'loop')
  const words = text.split(' ')
  const tail = Math.ceil(words.length * (0.25 + 0.25 * random.next()))
  const period = 1 + Math.floor(random.next() * Math.min(30, Math.floor(tail / 3)))
  const start = words.length - tail
  const span = words.slice(start, start + period)
  return [...words.slice(0, start), ...Array.from({ length: tail }, (_, at) => span[at % period])].join(' ')
}

/** A text with the share of its words replaced by others. */
export function changed(text: string, share: number, seed: string): string {
  const random = createRandom(seed, 'changed')
  return text
    .split(' ')
    .map((word) => (random.next() < share ? `other${Math.floor(random.next() * 1e6)}` : word))
    .join(' ')
}
