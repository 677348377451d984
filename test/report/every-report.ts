/** The results that all reports are made of, and how they are rendered. */
import type { RenderOptions } from '../../src/report/text/reporter.ts'
import { RESULTS } from './results.ts'

export const PLAIN: RenderOptions = {
  color: false,
  width: 80,
  unicode: true,
  directory: 'burn-results/support-chat-20231114-221320',
}

export const names = Object.keys(RESULTS) as (keyof typeof RESULTS)[]
