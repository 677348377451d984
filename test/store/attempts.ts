/** Results to store and to read back. */
import { readFileSync } from 'node:fs'
import type { Result } from '../../src/result/schema.ts'
import { RESULTS } from '../report/results.ts'
import { tempFolders } from './temp.ts'

export const temp = tempFolders()

export const { empty, fine, huge } = RESULTS

/** What comes back from JSON: lone surrogates stay, undefined goes. */
export const stored = (result: Result): Result => JSON.parse(JSON.stringify(result))

/** What a file holds, which may be a made-up result: `readResult` takes only such as a run comes to. */
export const readBack = (path: string): Result => JSON.parse(readFileSync(path, 'utf8'))
