/** Which test files may share their modules with which others. */
import { readFileSync } from 'node:fs'

/** The helpers that bring the protocol of virtual time along: `support/virtual.ts`, and those of single folders, which have its name. */
const VIRTUAL = /\/(?:virtual|support\/minute)\.ts'/

/** The kind of the files that run in virtual time. */
export const VIRTUAL_TIME = 'virtual time'

/**
 * Files of one kind share modules when they run in one process: those in real time, those in virtual time, whose protocol has to be there before
 * the schema is made of all protocols. A file that mocks a module is a kind of its own.
 */
export function kindOf(path: string): string {
  const text = readFileSync(path, 'utf8')
  if (/^vi\.mock\(/m.test(text)) return path
  return VIRTUAL.test(text) ? VIRTUAL_TIME : 'real time'
}
