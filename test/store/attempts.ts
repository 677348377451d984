/** Results to store and to read back. */
import type { Result } from '../../src/result/schema.ts'
import { RESULTS } from '../report/results.ts'
import { tempFolders } from './temp.ts'

export const temp = tempFolders()

export const { fine, huge } = RESULTS

/** What comes back from JSON: lone surrogates stay, undefined goes. */
export const stored = (result: Result): Result => JSON.parse(JSON.stringify(result))
